# Reference numbers of proportional hazards models, by R survival.
# Rscript cox.R DATA_FOLDER     (the folder with lung.csv, rossi.csv, R/mgus1.tsv, R/pbc.tsv)
# Writes cox_terms.tsv and cox_models.tsv beside itself.
suppressMessages(library(survival))
folder <- commandArgs(TRUE)[1]
show <- function(x) trimws(formatC(x, digits = 12, format = "g"))
lung <- read.csv(file.path(folder, "lung.csv"))
lung$copies <- 1 + (seq_len(nrow(lung)) - 1) %% 4
lung$late <- floor(lung$time / 3)
lung <- lung[!is.na(lung$ph.ecog), ]
rossi <- read.csv(file.path(folder, "rossi.csv"))
mgus1 <- read.delim(file.path(folder, "R/mgus1.tsv"))
mgus1$male <- as.numeric(mgus1$sex == "male")
pbc <- read.delim(file.path(folder, "R/pbc.tsv"))
pbc <- pbc[!is.na(pbc$protime), ]
pbc$dead <- as.numeric(pbc$status == 2)
# Invented by arithmetic: a covariate with a long tail, and one that three cases have.
i <- 1:1000
made <- data.frame(time = 1 + (i * 7919) %% 997, event = as.numeric((i * 104729) %% 10 < 6),
  heavy = exp((i * 31) %% 211 / 15) / 1e5, rare = as.numeric(i %% 333 == 0))
models <- list(
  lung = list(Surv(time, status) ~ age + sex + ph.ecog, lung),
  lung_late = list(Surv(late, time, status) ~ age + sex + ph.ecog, lung),
  lung_strata = list(Surv(time, status) ~ age + ph.ecog + strata(sex), lung),
  lung_weighted = list(Surv(time, status) ~ age + sex + ph.ecog, lung, lung$copies),
  lung_all = list(Surv(late, time, status) ~ age + ph.ecog + strata(sex), lung, lung$copies),
  rossi = list(Surv(week, arrest) ~ fin + age + race + wexp + mar + paro + prio, rossi),
  mgus1 = list(Surv(start, stop, status) ~ age + male, mgus1),
  made = list(Surv(time, event) ~ heavy + rare, made),
  pbc = list(Surv(time, dead) ~ age + edema + log(bili) + log(protime) + albumin, pbc)
)
terms <- tests <- NULL
for (name in names(models)) for (ties in c("efron", "breslow")) {
  model <- models[[name]]
  arguments <- list(model[[1]], data = model[[2]], ties = ties, robust = FALSE,
    control = coxph.control(eps = 1e-14, iter.max = 50))
  if (length(model) == 3) arguments$weights <- model[[3]]
  fit <- do.call(coxph, arguments)
  s <- summary(fit)
  terms <- rbind(terms, data.frame(model = name, ties = ties, term = names(coef(fit)), coefficient = show(coef(fit)),
    standard_error = show(sqrt(diag(fit$var))), p = show(s$coefficients[, "Pr(>|z|)"]),
    lower = show(s$conf.int[, "lower .95"]), upper = show(s$conf.int[, "upper .95"])))
  tests <- rbind(tests, data.frame(model = name, ties = ties, cases = fit$n, events = fit$nevent,
    null = show(fit$loglik[1]), best = show(fit$loglik[2]), ratio = show(s$logtest[["test"]]),
    # The summary rounds Wald's test; the fit does not.
    wald = show(fit$wald.test[[1]]), score = show(fit$score), ratio_p = show(s$logtest[["pvalue"]])))
}
write <- function(rows, file) write.table(rows, file, sep = "\t", quote = FALSE, row.names = FALSE)
write(terms, "cox_terms.tsv"); write(tests, "cox_models.tsv")
