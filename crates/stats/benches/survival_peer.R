# Times R survival on a file of cases: median seconds of one curve, and of two curves and the log-rank test.
# Rscript survival_peer.R CASES.csv
suppressMessages(library(survival))
cases <- read.csv(commandArgs(TRUE)[1])
seconds <- function(work) { work(); median(replicate(3, system.time(work())[["elapsed"]])) }
cat(seconds(function() survfit(Surv(exit, event) ~ 1, cases)),
    seconds(function() { survfit(Surv(exit, event) ~ group, cases); survdiff(Surv(exit, event) ~ group, cases) }), "\n")
