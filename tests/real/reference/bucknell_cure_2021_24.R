# Mean change of two scales over a term, clustered by the 14 sections (CR2, Satterthwaite).
# Rscript bucknell_cure_2021_24.R FOLDER > bucknell_cure_2021_24.csv     (aggregates only)
suppressMessages(library(clubSandwich))
years <- lapply(1:3, function(year) {
  rows <- read.csv(file.path(commandArgs(TRUE)[1], sprintf("Year%d.NoDemographics.csv", year)))
  names(rows)[names(rows) == "Semester_pre"] <- "Semester"
  rows
})
shared <- Reduce(intersect, lapply(years, names))
data <- do.call(rbind, lapply(years, function(rows) rows[shared]))
data <- data[data$Q1_pre == "Agree", ]
section <- paste(sub("^Prof[.] ", "", data$Instructor), data$Semester)
agree <- c("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree")
points <- function(stem, items, time, reversed = c()) {
  parts <- sapply(items, function(item) {
    part <- (match(data[[sprintf("%s_%d_%s", stem, item, time)]], agree) - 1) / 4
    if (item %in% reversed) 1 - part else part
  })
  ifelse(rowMeans(!is.na(parts)) >= 0.5, 100 * rowMeans(parts, na.rm = TRUE), NA)
}
scales <- list(engagement = c(1, 3, 10, 13, 18), inquiry = c(7, 8, 12, 14, 22))
cat("scale,n,sections,before,after,estimate,std_error,df,statistic,p_value,low,high\n")
for (scale in names(scales)) {
  reversed <- if (scale == "inquiry") c(7, 8, 12, 22) else c()
  before <- points("Q11", scales[[scale]], "pre", reversed)
  after <- points("Q13", scales[[scale]], "post", reversed)
  kept <- !is.na(before) & !is.na(after)
  change <- (after - before)[kept]
  group <- section[kept]
  fit <- lm(change ~ 1)
  test <- coef_test(fit, vcov = "CR2", cluster = group)
  interval <- conf_int(fit, vcov = "CR2", cluster = group)
  cat(sprintf("%s,%d,%d,%s\n", scale, sum(kept), length(unique(group)), paste(sprintf("%.12g", c(mean(before[kept]),
      mean(after[kept]), test$beta, test$SE, test$df_Satt, test$tstat, test$p_Satt, interval$CI_L, interval$CI_U)),
      collapse = ",")))
}
