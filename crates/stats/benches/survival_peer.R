# Times R survival on a file of cases: median seconds of one curve, of two curves and the log-rank test, and of a model.
# Rscript survival_peer.R CASES.csv CASES_OF_THE_MODEL
suppressMessages(library(survival))
cases <- read.csv(commandArgs(TRUE)[1])
few <- head(cases, as.integer(commandArgs(TRUE)[2]))
seconds <- function(work) { work(); median(replicate(3, system.time(work())[["elapsed"]])) }
cat(seconds(function() survfit(Surv(exit, event) ~ 1, cases)),
    seconds(function() { survfit(Surv(exit, event) ~ group, cases); survdiff(Surv(exit, event) ~ group, cases) }),
    seconds(function() coxph(Surv(exit, event) ~ group + one + two + three, few)), "\n")
