# Reference numbers of Kaplan-Meier curves, by R survival.
# Rscript survival_curves.R DATA_FOLDER     (the folder with lung.csv, multicenter_aids_cohort.tsv, R/myeloma.tsv)
# Writes curves.tsv, quantiles.tsv and means.tsv beside itself.
suppressMessages(library(survival))
folder <- commandArgs(TRUE)[1]
show <- function(x) ifelse(is.na(x), "NA", trimws(formatC(x, digits = 12, format = "g")))
write <- function(rows, file) write.table(rows, file, sep = "\t", quote = FALSE, row.names = FALSE)

lung <- read.csv(file.path(folder, "lung.csv"))
aids <- read.delim(file.path(folder, "multicenter_aids_cohort.tsv"))
myeloma <- read.delim(file.path(folder, "R/myeloma.tsv"))
lung$copies <- 1 + (seq_len(nrow(lung)) - 1) %% 4
lung$late <- floor(lung$time / 3)
sets <- list(
  lung = list(data = lung, formula = Surv(time, status) ~ 1),
  lung_weighted = list(data = lung, formula = Surv(time, status) ~ 1, weights = lung$copies),
  lung_late = list(data = lung, formula = Surv(late, time, status) ~ 1),
  aids = list(data = aids, formula = Surv(W, T, D) ~ 1),
  myeloma = list(data = myeloma, formula = Surv(entry, futime, death) ~ 1),
  myeloma_from_400 = list(data = myeloma, formula = Surv(entry, futime, death) ~ 1, start = 400.5)
)
scales <- c(plain = "plain", log = "log", loglog = "log-log")

curves <- quantiles <- means <- NULL
for (name in names(sets)) {
  set <- sets[[name]]
  for (scale in names(scales)) {
    arguments <- list(set$formula, data = set$data, conf.type = scales[[scale]])
    if (!is.null(set$weights)) { arguments$weights <- set$weights; arguments$robust <- FALSE }
    if (!is.null(set$start)) arguments$start.time <- set$start
    fit <- do.call(survfit, arguments)
    kept <- which(fit$n.event > 0)
    if (length(kept) > 25) kept <- kept[unique(round(seq(1, length(kept), length.out = 25)))]
      # survfit keeps the standard error of the logarithm of the survival.
    curves <- rbind(curves, data.frame(
      data = name, scale = scale, time = show(fit$time[kept]), at_risk = show(fit$n.risk[kept]),
      events = show(fit$n.event[kept]), survival = show(fit$surv[kept]),
      standard_error = show((fit$surv * fit$std.err)[kept]), lower = show(fit$lower[kept]), upper = show(fit$upper[kept])))
    for (p in c(0.05, 0.25, 0.5, 0.75)) {
      q <- quantile(fit, p)
      quantiles <- rbind(quantiles, data.frame(data = name, scale = scale, probability = p,
        time = show(as.numeric(q$quantile)), lower = show(as.numeric(q$lower)), upper = show(as.numeric(q$upper))))
    }
    if (scale == "log") for (share in c(0.4, 0.9)) {
      start <- if (is.null(set$start)) 0 else set$start
      horizon <- start + share * (max(fit$time) - start)
      # R adds the time before a late start to the mean; ours counts from the start.
      m <- summary(fit, rmean = horizon)$table
      means <- rbind(means, data.frame(data = name, horizon = show(horizon), mean = show(m[["rmean"]] - start), standard_error = show(m[["se(rmean)"]])))
    }
  }
}
write(curves, "curves.tsv"); write(quantiles, "quantiles.tsv"); write(means, "means.tsv")
