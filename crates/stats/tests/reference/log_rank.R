# Reference numbers of log-rank tests with strata, several groups and late entry, by R survival.
# Rscript log_rank.R DATA_FOLDER     (the folder with lung.csv and R/myeloma.tsv)
# Writes log_rank.tsv beside itself. With late entry the test is the score test of an exact conditional likelihood,
# whose variance is the hypergeometric one.
suppressMessages(library(survival))
folder <- commandArgs(TRUE)[1]
lung <- read.csv(file.path(folder, "lung.csv"))
lung$late <- floor(lung$time / 3)
known <- lung[!is.na(lung$ph.ecog), ]
myeloma <- read.delim(file.path(folder, "R/myeloma.tsv"))
myeloma$decade <- myeloma$year %/% 10 %% 3
rows <- NULL
add <- function(data, group, strata, chi_square, degrees) {
  rows <<- rbind(rows, data.frame(data = data, group = group, strata = strata, degrees = degrees,
    chi_square = trimws(formatC(chi_square, digits = 12, format = "g")),
    p = formatC(pchisq(chi_square, degrees, lower.tail = FALSE), digits = 12, format = "g")))
}
diff <- function(formula, data, group, strata) {
  fit <- survdiff(formula, data)
  add("lung", group, strata, fit$chisq, length(fit$n) / max(1, length(unique(data[[strata]]))) - 1)
}
diff(Surv(time, status) ~ sex, lung, "sex", "none")
diff(Surv(time, status) ~ ph.ecog, known, "ph.ecog", "none")
score <- function(formula, data, name, group, strata) {
  fit <- coxph(formula, data, ties = "exact")
  add(name, group, strata, fit$score, length(fit$coefficients))
}
score(Surv(time, status) ~ factor(sex) + strata(ph.ecog), known, "lung", "sex", "ph.ecog")
score(Surv(time, status) ~ factor(ph.ecog) + strata(sex), known, "lung", "ph.ecog", "sex")
score(Surv(late, time, status) ~ factor(sex), lung, "lung_late", "sex", "none")
score(Surv(late, time, status) ~ factor(ph.ecog), known, "lung_late", "ph.ecog", "none")
score(Surv(late, time, status) ~ factor(sex) + strata(ph.ecog), known, "lung_late", "sex", "ph.ecog")
# Times set apart by a hair's breadth have no ties, and Breslow's score test is then the log-rank test.
myeloma$apart <- myeloma$futime + seq_len(nrow(myeloma)) * 1e-5
fit <- coxph(Surv(entry, apart, death) ~ factor(decade), myeloma, ties = "breslow", control = coxph.control(timefix = FALSE))
add("myeloma", "decade", "none", fit$score, length(fit$coefficients))
write.table(rows, "log_rank.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
