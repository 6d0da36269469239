# Missing data: Rubin's rules on data that mice filled in, what mice fills in, who was lost, worst and best case.
source("common.R")
need("jsonlite", "mice", "mitml", "MASS", "psych", "clubSandwich", "lavaan")
suppressMessages({library(mice)})
filled <- function(data, m, maxit = 3) mice(data, m = m, method = "norm", maxit = maxit, seed = 3, printFlag = FALSE)

# Rubin's rules: each coefficient of a regression in the completed data sets
rubin <- function(data, formula, m = 20) {
  imp <- filled(data, m)
  fits <- lapply(seq_len(m), function(i) lm(formula, complete(imp, i)))
  q <- sapply(fits, coef); u <- sapply(fits, function(f) diag(vcov(f)))
  lapply(setNames(seq_len(nrow(q)), rownames(q)), function(i) {
    dfcom <- df.residual(fits[[1]])
    small <- pool.scalar(q[i, ], u[i, ], n = dfcom + 1, k = 1); large <- pool.scalar(q[i, ], u[i, ])
    ml <- mitml::testEstimates(fits, df.com = dfcom)$estimates[i, ]
    list(estimates = many(q[i, ]), variances = many(u[i, ]), df_complete = dfcom,
         mice = list(estimate = one(small$qbar), std_error = one(sqrt(small$t)), df = one(small$df),
                     within = one(small$ubar), between = one(small$b), riv = one(small$r), fraction_missing = one(small$fmi),
                     statistic = one(small$qbar / sqrt(small$t)),
                     p_value = one(2 * pt(-abs(small$qbar / sqrt(small$t)), small$df)),
                     low = one(small$qbar - qt(.975, small$df) * sqrt(small$t)),
                     high = one(small$qbar + qt(.975, small$df) * sqrt(small$t))),
         large = list(df = one(large$df), fraction_missing = one(large$fmi)),
         mitml = list(estimate = one(ml["Estimate"]), std_error = one(ml["Std.Error"]), statistic = one(ml["t.value"]),
                      df = one(ml["df"]), p_value = one(ml["P(>|t|)"]), riv = one(ml["RIV"]), fraction_missing = one(ml["FMI"])))
  })
}

# What mice fills in: column means and one regression, over many completed data sets
drawn <- function(data, formula, m = 80) {
  imp <- filled(data, m, 5)
  numbers <- sapply(seq_len(m), function(i) { d <- complete(imp, i); c(colMeans(d), coef(lm(formula, d))) })
  list(data = unname(as.matrix(data)), outcome = match(all.vars(formula)[1], names(data)) - 1,
       predictors = I(match(all.vars(formula)[-1], names(data)) - 1), m = m,
       means = many(rowMeans(numbers)), variances = many(apply(numbers, 1, var)))
}

# Who was lost: the group, the first score, and whether the second one is there
lost <- function(before, after, group) {
  ok <- !is.na(group); before <- as.numeric(before[ok]); kept <- !is.na(after[ok]); group <- as.character(group[ok])
  a <- before[!kept & !is.na(before)]; b <- before[kept & !is.na(before)]
  t <- t.test(a, b); df <- length(a) + length(b) - 2
  d <- (mean(a) - mean(b)) / sqrt(((length(a) - 1) * var(a) + (length(b) - 1) * var(b)) / df)
  shares <- lapply(split(!kept, group), function(x) prop.test(sum(x), length(x), correct = FALSE)$conf.int)
  list(before = many(before), kept = I(as.numeric(kept)), group = I(group),
       fisher = one(fisher.test(table(group, kept), workspace = 2e7)$p.value),
       shares = lapply(shares, many), mean_lost = one(t$estimate[1]), mean_kept = one(t$estimate[2]),
       statistic = one(t$statistic), df = one(t$parameter), p_value = one(t$p.value), low = one(t$conf.int[1]),
       high = one(t$conf.int[2]), g = d * exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2))
}

extreme <- function(before, after, cluster, low, high) {
  case <- function(end) {
    y <- ifelse(is.na(after), end, after) - before; kept <- !is.na(y)
    fit <- lm(y[kept] ~ 1); V <- clubSandwich::vcovCR(fit, cluster = cluster[kept], type = "CR2")
    test <- clubSandwich::coef_test(fit, vcov = V, test = "Satterthwaite")
    list(estimate = test$beta, std_error = test$SE, df = if (is.null(test$df_Satt)) test$df else test$df_Satt,
         p_value = if (is.null(test$p_Satt)) test$p_val else test$p_Satt)
  }
  list(before = many(before), after = many(after), clusters = I(as.character(cluster)), low = low, high = high,
       at_lowest = case(low), at_highest = case(high), complete = case(NA))
}

air <- airquality[, 1:4]
boys4 <- as.data.frame(lapply(mice::boys[seq(1, 748, 5), c("age", "hgt", "wgt", "hc")], as.numeric))
mammals <- data.frame(body = log(mammalsleep$bw), brain = log(mammalsleep$brw), sleep = mammalsleep$ts, span = log(mammalsleep$mls),
                      gestation = log(mammalsleep$gt))
pulse <- data.frame(hand = MASS::survey$Wr.Hnd, pulse = MASS::survey$Pulse, height = MASS::survey$Height, age = MASS::survey$Age)
pima <- MASS::Pima.tr2[, c("glu", "bp", "skin", "bmi", "age")]
sat <- psych::sat.act[seq(1, 700, 3), c("age", "ACT", "SATV", "SATQ")]
items <- psych::bfi[seq(1, 2800, 9), c("A1", "A2", "A3", "A4", "A5")]
nhanes4 <- data.frame(lapply(mice::nhanes, as.numeric))
wide <- reshape(subset(as.data.frame(ChickWeight), Time %in% c(0, 8, 14, 21)), idvar = c("Chick", "Diet"), timevar = "Time", direction = "wide")
chicks <- wide[, c("weight.0", "weight.8", "weight.14", "weight.21")]
ratings <- mitml::studentratings[seq(1, 750, 3), c("ReadAchiev", "SES", "CognAbility", "SchClimate")]
toenail <- { d <- subset(mice::toenail, visit %in% c(1, 7)); w <- reshape(d[, c("ID", "treatment", "outcome", "visit")],
  idvar = c("ID", "treatment"), timevar = "visit", direction = "wide"); w }
extreme_share <- { set.seed(1); list(estimates = many(1 + 1e-5 * rnorm(10)), variances = many(rep(4, 10))) }
e <- unlist(extreme_share$estimates); v <- unlist(extreme_share$variances)

write_reference(list(R = R.version.string, cases = list(
  rubin = list(
    nhanes = rubin(nhanes4, chl ~ age + bmi), airquality = rubin(air, Ozone ~ Wind + Temp + Solar.R),
    boys = rubin(boys4, wgt ~ age + hgt), mammalsleep = rubin(mammals, sleep ~ body + span), pulse = rubin(pulse, pulse ~ height),
    pima = rubin(pima, bmi ~ skin + age), sat = rubin(sat, SATQ ~ SATV + ACT), bfi = rubin(items, A5 ~ A3 + A4),
    chicks = rubin(chicks, weight.21 ~ weight.14), ratings = rubin(ratings, ReadAchiev ~ SES + CognAbility, m = 5),
    nhanes_two = rubin(nhanes4, bmi ~ chl, m = 2)),
  hardly_missing = c(extreme_share, list(small = one(pool.scalar(e, v, n = 12, k = 1)$df), large = one(pool.scalar(e, v)$df),
    mostly = one(pool.scalar(e * 1e7, v, n = 12, k = 1)$df), mostly_large = one(pool.scalar(e * 1e7, v)$df))),
  drawn = list(
    nhanes = drawn(nhanes4, chl ~ bmi), airquality = drawn(air, Ozone ~ Wind + Temp), boys = drawn(boys4, wgt ~ hgt),
    mammalsleep = drawn(mammals[, 1:4], sleep ~ body), pulse = drawn(pulse, pulse ~ height),
    chicks = drawn(chicks, weight.21 ~ weight.0)),
  lost = list(
    airquality = lost(airquality$Temp, airquality$Ozone, airquality$Month), nhanes = lost(nhanes4$age, nhanes4$chl, nhanes$age > 1),
    pulse_by_sex = lost(MASS::survey$Wr.Hnd, MASS::survey$Pulse, MASS::survey$Sex),
    height_by_smoking = lost(MASS::survey$Age, MASS::survey$Height, MASS::survey$Smoke == "Never"),
    pima = lost(MASS::Pima.tr2$glu, MASS::Pima.tr2$skin, MASS::Pima.tr2$type),
    mammals_by_danger = lost(mammals$body, mammalsleep$sws, mammalsleep$odi),
    sat_by_gender = lost(psych::sat.act$ACT, psych::sat.act$SATQ, psych::sat.act$gender),
    bfi_by_gender = lost(psych::bfi$age, psych::bfi$A4, psych::bfi$gender),
    chicks_by_diet = lost(wide$weight.0, wide$weight.21, wide$Diet),
    toenail_by_arm = lost(toenail$outcome.1, toenail$outcome.7, toenail$treatment)),
  extreme = list(
    chicks_by_diet = extreme(wide$weight.0, wide$weight.21, wide$Diet, 30, 400),
    toenail_single = extreme(toenail$outcome.1, toenail$outcome.7, toenail$ID, 0, 1),
    pulse_by_smoking = { d <- MASS::survey[!is.na(MASS::survey$Wr.Hnd) & !is.na(MASS::survey$Smoke) , ]
      extreme(d$Wr.Hnd, d$NW.Hnd + ifelse(is.na(d$Pulse), NA, 0), d$Smoke, 10, 30) })
)))
