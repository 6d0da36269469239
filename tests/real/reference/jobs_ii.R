# Analysis of covariance of the JOBS II trial: every person on their own (HC2), Satterthwaite degrees of freedom.
# Rscript jobs_ii.R jobs.csv > jobs_ii.csv     (jobs.csv: data set "jobs" of the R package mediation)
suppressMessages(library(clubSandwich))
data <- read.csv(commandArgs(TRUE)[1])
points <- function(x) (x - 1) / 4 * 100 # the mean score of 1 to 5 as 0 to 100
data$before <- points(data$depress1)
data$after <- points(data$depress2)
fit <- lm(after ~ before + treat, data)
test <- coef_test(fit, vcov = "CR2", cluster = seq_len(nrow(data)))["treat", ]
interval <- conf_int(fit, vcov = "CR2", cluster = seq_len(nrow(data)))[3, ]
hc2 <- sqrt(sandwich::vcovHC(fit, type = "HC2")["treat", "treat"])
cat("name,value\n")
out <- c(estimate = test$beta, std_error = test$SE, hc2 = hc2, df = test$df_Satt, statistic = test$tstat,
         p_value = test$p_Satt, low = interval$CI_L, high = interval$CI_U)
cat(sprintf("%s,%.12g\n", names(out), out), sep = "")
