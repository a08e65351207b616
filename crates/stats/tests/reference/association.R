# Reference numbers of tests of association, by R.
# Rscript association.R
# Writes fisher.tsv, chi_square.tsv, rank_sum.tsv, false_discovery.tsv and proportion.tsv beside itself.
# The tables and samples are invented here.
set.seed(20261127)
show <- function(x) trimws(formatC(x, digits = 13, format = "g"))
write <- function(rows, file) write.table(rows, file, sep = "\t", quote = FALSE, row.names = FALSE)

tables <- rbind(
  c(3, 1, 1, 3), c(10, 2, 3, 15), c(0, 5, 5, 4), c(5, 0, 2, 7), c(0, 3, 0, 9), c(2, 10, 15, 3), c(1, 1, 1, 1),
  c(7, 12, 0, 5), c(60, 40, 30, 70), c(3, 17, 44, 936), c(0, 25, 30, 945), c(120, 80, 900, 8900), c(5, 495, 20, 9480),
  c(900, 45100, 2100, 61900), c(400, 600, 99600, 899400), c(31000, 69000, 270000, 630000))
tables <- rbind(tables, matrix(rpois(4 * 40, rep(c(2, 8, 30, 200), each = 40)), ncol = 4))
tables <- tables[apply(tables, 1, function(t) all(c(t[1] + t[2], t[3] + t[4], t[1] + t[3], t[2] + t[4]) > 0)), ]
fisher <- function(t, ...) fisher.test(matrix(t, 2, byrow = TRUE), ...)$p.value
write(data.frame(both = tables[, 1], only_first = tables[, 2], only_second = tables[, 3], neither = tables[, 4],
  p = show(apply(tables, 1, fisher)), fewer = show(apply(tables, 1, fisher, alternative = "less")),
  more = show(apply(tables, 1, fisher, alternative = "greater"))), "fisher.tsv")

rows <- NULL
for (shape in list(c(2, 2), c(2, 3), c(3, 4), c(5, 2), c(6, 6))) for (mean in c(3, 40, 900)) {
  table <- matrix(rpois(prod(shape), mean) + 1, shape[1])
  for (correct in if (all(shape == 2)) c(FALSE, TRUE) else FALSE) {
    test <- suppressWarnings(chisq.test(table, correct = correct))
    rows <- rbind(rows, data.frame(columns = shape[2], yates = correct, counts = paste(t(table), collapse = " "),
      chi_square = show(test$statistic), degrees = test$parameter, p = show(test$p.value)))
  }
}
write(rows, "chi_square.tsv")

rows <- NULL
sample_of <- function(n, shift, ties) if (ties) rpois(n, 6 + shift) else round(rnorm(n, shift), 6)
for (n in list(c(1, 4), c(5, 7), c(12, 30), c(49, 49), c(50, 20), c(200, 300))) for (ties in c(FALSE, TRUE)) for (shift in c(0, 1)) {
  x <- sample_of(n[1], shift, ties); y <- sample_of(n[2], 0, ties)
  if (length(unique(c(x, y))) == 1) next
  test <- suppressWarnings(wilcox.test(x, y))
  rows <- rbind(rows, data.frame(first = paste(x, collapse = " "), second = paste(y, collapse = " "),
    statistic = show(test$statistic), p = show(test$p.value)))
}
write(rows, "rank_sum.tsv")

p <- c(runif(30)^3, 0, 1, 0.04, 0.04, 1e-12)
write(data.frame(p = show(p), q = show(p.adjust(as.numeric(show(p)), "BH"))), "false_discovery.tsv")

rows <- NULL
for (n in c(1, 7, 100, 7467)) for (x in unique(round(n * c(0, 0.08, 0.5, 1)))) for (level in c(0.95, 0.8)) {
  # The interval of prop.test without correction is Wilson's.
  test <- suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))
  rows <- rbind(rows, data.frame(with = x, cases = n, level = level, lower = show(test$conf.int[1]), upper = show(test$conf.int[2])))
}
write(rows, "proportion.tsv")
