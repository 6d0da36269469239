# psych::alpha (value, item statistics), Feldt's interval by qf, and omega with its delta-method interval by lavaan.
source("common.R")
need("jsonlite", "psych", "lavaan")

bfi <- psych::bfi
agree <- bfi[, c("A1", "A2", "A3", "A4", "A5")]
turned <- transform(agree, A1 = 7 - A1)
holzinger <- lavaan::HolzingerSwineford1939
cases <- list(
  agree_turned = turned[1:400, ], agree_not_turned = agree[1:400, ],
  neuroticism = bfi[1:300, c("N1", "N2", "N3", "N4", "N5")],
  attitude = attitude,
  holzinger_text = holzinger[, c("x4", "x5", "x6")],
  holzinger_all = holzinger[, paste0("x", 1:9)],
  # where Fisher's scoring creeps: small residuals, and a model that fits badly
  judges = USJudgeRatings, openness_of_twenty = bfi[601:620, paste0("O", 1:5)]
)
results <- lapply(cases, function(items) {
  complete <- items[complete.cases(items), ]
  n <- nrow(complete); k <- ncol(complete)
  a <- suppressMessages(suppressWarnings(psych::alpha(complete, check.keys = FALSE, warnings = FALSE)))
  alpha <- a$total$raw_alpha
  names(complete) <- paste0("v", seq_len(k))
  loadings <- paste0("l", seq_len(k)); residuals <- paste0("r", seq_len(k)); v <- names(complete)
  model <- c(paste("f =~", paste0(loadings, "*", v, collapse = " + ")), paste0(v, " ~~ ", residuals, "*", v),
    sprintf("omega := (%s)^2 / ((%s)^2 + %s)", paste(loadings, collapse = "+"), paste(loadings, collapse = "+"),
            paste(residuals, collapse = "+")))
  fit <- lavaan::cfa(paste(model, collapse = "\n"), complete, std.lv = TRUE)
  stopifnot(lavaan::lavInspect(fit, "converged"))
  omega <- subset(lavaan::parameterEstimates(fit), label == "omega")
  list(items = unname(as.matrix(items)), n = n,
    alpha = list(value = alpha, low = 1 - (1 - alpha) * qf(0.975, n - 1, (n - 1) * (k - 1)),
                 high = 1 - (1 - alpha) * qf(0.025, n - 1, (n - 1) * (k - 1))),
    item_rest = many(a$item.stats$r.drop), alpha_if_dropped = many(a$alpha.drop$raw_alpha),
    omega = list(value = omega$est, low = omega$ci.lower, high = omega$ci.upper))
})
write_reference(list(source = R.version.string, cases = results))
