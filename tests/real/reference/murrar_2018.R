# Murrar & Brauer 2018, feelings towards Arabs after and weeks later: analysis of covariance, every person on their own,
# with HC2 and Satterthwaite degrees of freedom, and with the errors of ordinary least squares.
# Rscript murrar_2018.R murrar.csv > murrar_2018.csv     (aggregates only)
suppressMessages(library(clubSandwich))
data <- read.csv(commandArgs(TRUE)[1])
cat("contrast,n,estimate,std_error,df,statistic,p_value,low,high,ols_std_error,ols_statistic,ols_p_value\n")
for (wave in c("post", "followup")) {
  data$after <- if (wave == "post") data$arab_t1 else data$arab_t2
  kept <- data[!is.na(data$after) & !is.na(data$arab_t0), ]
  fit <- lm(after ~ arab_t0 + condition, kept)
  test <- coef_test(fit, vcov = "CR2", cluster = seq_len(nrow(kept)))["condition", ]
  interval <- conf_int(fit, vcov = "CR2", cluster = seq_len(nrow(kept)), level = 0.975)[3, ] # two main results
  ols <- summary(fit)$coefficients["condition", ]
  cat(sprintf("%s - pre,%d,%s\n", wave, nrow(kept), paste(sprintf("%.12g", c(test$beta, test$SE, test$df_Satt,
      test$tstat, test$p_Satt, interval$CI_L, interval$CI_U, ols[2:4])), collapse = ",")))
}
