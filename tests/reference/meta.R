# Random-effects meta-analysis: REML, Knapp–Hartung with the factor not below 1, prediction interval, Q-profile.
source("common.R")
need("jsonlite", "metafor")
suppressMessages(library(metafor))
tight <- list(threshold = 1e-13, maxiter = 20000, stepadj = 0.5)
meta_case <- function(yi, vi, level = 95) {
  ok <- !is.na(yi) & !is.na(vi); yi <- as.numeric(yi[ok]); vi <- as.numeric(vi[ok])
  adhoc <- rma(yi, vi, method = "REML", test = "adhoc", control = tight, level = level)
  plain <- rma(yi, vi, method = "REML", test = "knha", control = tight, level = level)
  profile <- confint(adhoc, level = level, control = list(tol = 1e-13))$random["tau^2", ]
  ahead <- qt(1 - (1 - level / 100) / 2, length(yi) - 2) * sqrt(adhoc$tau2 + adhoc$se^2)
  list(effects = many(yi), variances = many(vi), confidence = level / 100, estimate = one(plain$beta),
       std_error = one(plain$se), statistic = one(plain$zval), p_value = one(plain$pval), low = one(plain$ci.lb),
       high = one(plain$ci.ub), guarded_low = one(adhoc$ci.lb), guarded_high = one(adhoc$ci.ub), 
       knapp_hartung_factor = one(plain$se^2 * sum(1 / (vi + plain$tau2))),
       tau_squared = one(adhoc$tau2), tau_squared_low = one(profile["ci.lb"]),
       tau_squared_high = one(profile["ci.ub"]), i_squared = one(adhoc$I2) / 100, q = one(adhoc$QE),
       q_p_value = one(adhoc$QEp), prediction_low = one(adhoc$beta - ahead), prediction_high = one(adhoc$beta + ahead),
       weights = many(weights(adhoc) / 100))
}
rr <- function(d, ...) escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = d)
bcg <- rr(get(data(dat.bcg, package = "metafor")))
smd <- function(d) escalc(measure = "SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = d)
md <- function(d) escalc(measure = "MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = d)
set <- function(name) { e <- new.env(); data(list = name, package = "metadat", envir = e); get(name, e) }
write_reference(list(R = R.version.string, cases = list(
  bcg = meta_case(bcg$yi, bcg$vi),
  bcg_90 = meta_case(bcg$yi, bcg$vi, 90),
  normand = { d <- md(set("dat.normand1999")); meta_case(d$yi, d$vi) },
  normand_smd = { d <- smd(set("dat.normand1999")); meta_case(d$yi, d$vi) },
  raudenbush = { d <- set("dat.raudenbush1985"); meta_case(d$yi, d$vi) },
  hackshaw = { d <- set("dat.hackshaw1998"); meta_case(d$yi, d$vi) },
  konstantopoulos = { d <- set("dat.konstantopoulos2011"); meta_case(d$yi, d$vi) },
  bangert_drowns = { d <- set("dat.bangertdrowns2004"); meta_case(d$yi, d$vi) },
  mcdaniel = { d <- escalc(measure = "ZCOR", ri = ri, ni = ni, data = set("dat.mcdaniel1994")); meta_case(d$yi, d$vi) },
  molloy = { d <- escalc(measure = "ZCOR", ri = ri, ni = ni, data = set("dat.molloy2014")); meta_case(d$yi, d$vi) },
  linde_two = { d <- rr(get(data(dat.bcg, package = "metafor"))); meta_case(d$yi[c(1, 3, 9)], d$vi[c(1, 3, 9)]) }
)))
