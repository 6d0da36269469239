# Seconds of lme4's best fit: the file holds y, x, arm and workshop as columns of doubles, one after the other.
given <- commandArgs(trailingOnly = TRUE); n <- as.integer(given[2])
values <- readBin(given[1], "double", 4 * n)
data <- data.frame(y = values[1:n], x = values[n + 1:n], arm = values[2 * n + 1:n], g = factor(values[3 * n + 1:n]))
suppressMessages(library(lme4))
fit <- function() suppressMessages(suppressWarnings(lmer(y ~ x + arm + (1 | g), data, REML = TRUE)))
invisible(fit())
cat(min(sapply(seq_len(as.integer(given[3])), function(i) system.time(fit(), gcFirst = TRUE)["elapsed"])), "\n")
