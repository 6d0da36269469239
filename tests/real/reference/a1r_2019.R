# Mean change of nine opinions by party, clustered by the 40 small groups (CR2, Satterthwaite).
# Rscript a1r_2019.R participants.csv > a1r_2019.csv     (aggregates only)
suppressMessages(library(clubSandwich))
data <- read.csv(commandArgs(TRUE)[1])
missing <- c(77, 98, -8)
cat("item,side,n,groups,estimate,std_error,df,statistic,p_value,low,high\n")
for (item in paste0("Q2", LETTERS[1:9])) {
  for (side in c("Democrat", "Republican", "Independent")) {
    before <- data[[item]]; after <- data[[paste0("T2", item)]]
    before[before %in% missing] <- NA; after[after %in% missing] <- NA
    change <- (after - before) * 10
    keep <- !is.na(change) & data$PARTYBEFORE == side
    y <- change[keep]; group <- data$GROUP[keep]
    fit <- lm(y ~ 1)
    test <- coef_test(fit, vcov = "CR2", cluster = group)
    interval <- conf_int(fit, vcov = "CR2", cluster = group)
    cat(sprintf("%s,%s,%d,%d,%.10g,%.10g,%.10g,%.10g,%.10g,%.10g,%.10g\n", tolower(item), tolower(side), length(y),
                length(unique(group)), test$beta, test$SE, test$df_Satt, test$tstat, test$p_Satt,
                interval$CI_L, interval$CI_U))
  }
}
