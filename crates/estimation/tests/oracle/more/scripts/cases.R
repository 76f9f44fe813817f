HERE <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))); source(file.path(HERE, "common.R"))
MG <- fromJSON(file.path(ODIR, "margins.json"), simplifyVector = FALSE)
D <- function(f) list(file = paste0("data/", f, ".csv"))
C <- function(column, op, value = NULL) { x <- list(column = column, op = op); x$value <- value; x }
cat_t <- function(column, totals) list(kind = "categorical", column = column, totals = totals); num_t <- function(column, total) list(kind = "numeric", column = column, total = total); const <- function(total) list(kind = "constant", total = total)
mk <- function(distance, bounds, terms) { x <- list(type="calibrate", distance=distance); if (!is.null(bounds)) x$bounds <- as.list(bounds); x$terms <- terms; x }
TM <- list("wald","logit","xlogit","asin","beta","wilson","beta_nchs","wilson_kish")
case0 <- case; K <- 0
tc <- function(title, ..., ci = list(level=.95, df="design"), tol = list(rel=1e-8, abs=1e-9)) { K <<- K+1; id <- sprintf("x-%03d-%s", K, gsub("[^a-z0-9]+","-",tolower(title)))
  r <- try(case0(id, title, c("x"), ..., ci = ci, tol = tol), silent=TRUE); if (inherits(r,"try-error")) { cat("SKIP", id, substr(as.character(r),1,150), "\n") } }
srs <- list(weights="pw", fpc="fpc"); clus2 <- list(weights="pw", psu="dnum", psu2="snum", fpc="fpc1", fpc2="fpc2"); nh <- list(weights="WTMEC2YR", strata="SDMVSTRA", psu="SDMVPSU", nest=TRUE)
mu <- list(weights="w", psu="id1", psu2="id2", fpc="n1", fpc2="n2"); hosp <- list(weights="weighta", strata="oblevel", fpc="tothosp"); hosp0 <- list(weights="weighta", strata="oblevel")
el <- list(weights="w"); sw <- list(weights="w", strata="REG", fpc="N_h"); sw0 <- list(weights="w", strata="REG")
ess <- list(weights="w_nr", strata="stratum"); essf <- list(weights="w_nr", strata="stratum", fpc="N_h"); essg <- list(weights="w_nr", strata="stratum", psu="group_id")
des <- list(srs=list("apisrs",srs,c("api00","enroll"),c("comp_imp01","sch_wide01"),c("stype"),"awards"), clus2=list("apiclus2",clus2,c("api00","enroll"),c("comp_imp01"),c("stype"),"awards"),
  nh=list("nhanes",nh,c("HI_CHOL"),c("HI_CHOL","young"),c("race"),"RIAGENDR"), mu=list("mu284",mu,c("y1"),NULL,NULL,NULL), hosp=list("hospital",hosp,c("births"),NULL,"oblevel",NULL), hosp0=list("hospital",hosp0,c("births"),NULL,NULL,NULL),
  el=list("election_pps",el,c("Bush","Kerry","Nader"),NULL,NULL,NULL), sw=list("swiss_sample",sw,c("POPTOT","HApoly"),NULL,"size","CT"), sw0=list("swiss_sample",sw0,c("POPTOT","HApoly"),NULL,"size",NULL),
  ess=list("ess_b",ess,c("pct_remote","use_ai"),c("use_ai","has_dpo"),c("sector"),"territory"), essf=list("ess_b",essf,c("pct_remote"),c("use_ai","has_dpo"),c("size","territory"),NULL), essg=list("ess_b",essg,c("budget"),c("use_ai"),c("legal_family"),NULL))
for (k in names(des)) { x <- des[[k]]
  for (ty in c("mean","total")) for (de in c("wor","wr")) tc(paste(k,ty,de), data=D(x[[1]]), design=x[[2]], estimate=list(type=ty, y=as.list(x[[3]]), na="drop", deff=de))
  tc(paste(k,"variance"), data=D(x[[1]]), design=x[[2]], estimate=list(type="variance", y=x[[3]][1], na="drop"))
  tc(paste(k,"joint"), data=D(x[[1]]), design=x[[2]], estimate=list(type="mean", y=as.list(x[[3]]), na="drop", joint=TRUE, vcov=TRUE))
  tc(paste(k,"jointtotal"), data=D(x[[1]]), design=x[[2]], estimate=list(type="total", y=as.list(x[[3]]), na="drop", joint=TRUE, vcov=TRUE))
  if (length(x[[3]])>1) tc(paste(k,"ratio"), data=D(x[[1]]), design=x[[2]], estimate=list(type="ratio", numerator=x[[3]][1], denominator=x[[3]][2], na="drop"))
  for (r in c("math","school","hf7")) for (it in c("mean","xlogit","beta")) tc(paste(k,"quantile",r,it), data=D(x[[1]]), design=x[[2]], estimate=list(type="quantile", y=x[[3]][1], probs=list(.1,.25,.5,.75,.9), rule=r, interval=it, na="drop"))
  if (!is.null(x[[4]])) { for (lv in c(.9,.95,.99)) tc(paste(k,"prop",lv), data=D(x[[1]]), design=x[[2]], estimate=list(type="proportion", y=as.list(x[[4]]), na="drop"), ci=list(level=lv, df="design", methods=TM), tol=list(rel=1e-6,abs=1e-8))
    tc(paste(k,"prop inf"), data=D(x[[1]]), design=x[[2]], estimate=list(type="proportion", y=as.list(x[[4]]), na="drop"), ci=list(level=.95, df="inf", methods=TM), tol=list(rel=1e-6,abs=1e-8))
    tc(paste(k,"prop df7"), data=D(x[[1]]), design=x[[2]], estimate=list(type="proportion", y=as.list(x[[4]]), na="drop"), ci=list(level=.95, df=7, methods=TM), tol=list(rel=1e-6,abs=1e-8)) 
    if (!is.null(x[[5]])) tc(paste(k,"propby"), data=D(x[[1]]), design=x[[2]], by=as.list(x[[5]]), estimate=list(type="proportion", y=as.list(x[[4]]), na="drop"), ci=list(level=.95, df="design", methods=TM), tol=list(rel=1e-6,abs=1e-8)) }
  if (!is.null(x[[5]])) { for (ty in c("mean","total")) tc(paste(k,ty,"by"), data=D(x[[1]]), design=x[[2]], by=as.list(x[[5]]), estimate=list(type=ty, y=as.list(x[[3]]), na="drop", deff="wor"))
    tc(paste(k,"qby"), data=D(x[[1]]), design=x[[2]], by=as.list(x[[5]]), estimate=list(type="quantile", y=x[[3]][1], probs=list(.25,.5), rule="math", interval="mean", na="drop"))
    tc(paste(k,"varby"), data=D(x[[1]]), design=x[[2]], by=as.list(x[[5]]), estimate=list(type="variance", y=x[[3]][1], na="drop"))
    d <- rd(paste0("data/",x[[1]],".csv")); lv <- as.list(sort(unique(as.character(d[[x[[5]][1]]])))); tc(paste(k,"shares"), data=D(x[[1]]), design=x[[2]], estimate=list(type="category_shares", y=x[[5]][1], levels=lv, vcov=TRUE, na="drop"))
    if (!is.null(x[[6]])) { tc(paste(k,"chisq"), data=D(x[[1]]), design=x[[2]], estimate=list(type="chisq", row=x[[5]][1], col=x[[6]], wald=TRUE, na="drop"), tol=list(rel=1e-6,abs=1e-8))
      g <- sort(unique(as.character(d[[x[[6]]]]))); for (y in x[[3]]) { tc(paste(k,"ttest",y), data=D(x[[1]]), design=x[[2]], estimate=list(type="ttest_two_groups", y=y, group=x[[6]], group_a=g[1], group_b=g[2], na="drop"), tol=list(rel=1e-6,abs=1e-8))
       tc(paste(k,"diff",y), data=D(x[[1]]), design=x[[2]], estimate=list(type="difference", y=y, a=list(C(x[[6]],"==",g[1])), b=list(C(x[[6]],"in",as.list(g))), na="drop")) } } }
  tc(paste(k,"jk1"), data=D(x[[1]]), design=x[[2]], replicates=list(kind=if (is.null(x[[2]]$strata)) "jk1" else "jkn", centre="full_sample"), estimate=list(type="mean", y=as.list(x[[3]]), na="drop"), ci=list(level=.95, df=12))
  tc(paste(k,"jktotal"), data=D(x[[1]]), design=x[[2]], replicates=list(kind=if (is.null(x[[2]]$strata)) "jk1" else "jkn", centre="replicate_mean"), estimate=list(type="total", y=as.list(x[[3]]), na="drop"), ci=list(level=.95, df=12))
}
# ESS calibration
em <- MG$ess$margins; et <- list(cat_t("legal_family",em$legal_family), cat_t("size",em$size), cat_t("territory",em$territory)); emarg <- lapply(et, function(t) list(column=t$column, totals=t$totals))
ipf <- list(type="ipf", margins=emarg); post <- list(type="poststratify", by=list("legal_family","territory"), totals=lapply(MG$ess$cross, function(r) list(levels=list(legal_family=r$legal_family, territory=r$territory), total=r$Freq)))
adj <- list(ipf=list(ipf), post=list(post), lin=list(mk("linear",NULL,et)), linemp=list(mk("linear",NULL,c(et,list(num_t("employees",MG$ess$totals$employees))))), rak=list(mk("raking",NULL,c(et,list(num_t("net_digital",MG$ess$totals$net_digital))))), logit=list(c(mk("logit",c(.3,3),et),list(prescale=TRUE))), tl=list(mk("truncated_linear",c(.6,1.8),et)), tlp=list(c(mk("truncated_linear",c(.6,1.8),et),list(prescale=TRUE))), const=list(mk("linear",NULL,c(list(const(30000)),et[1:2]))), two=list(post, ipf), posttrim=list(post, list(type="trim", lower=2, upper=60, strict=TRUE)), trimipf=list(list(type="trim", lower=2, upper=60, strict=FALSE), ipf), ipftrimipf=list(ipf, list(type="trim", upper=80, strict=TRUE), ipf))
for (a in names(adj)) for (dn in c("ess","essf","essg")) { dd <- list(ess=ess,essf=essf,essg=essg)[[dn]]; A <- adj[[a]]; p <- function(...) paste("cal",a,dn,...)
  tc(p("w"), data=D("ess_b"), design=dd, adjust=A, estimate=list(type="weights"))
  tc(p("mean"), data=D("ess_b"), design=dd, adjust=A, estimate=list(type="mean", y=list("use_ai","budget"), na="drop", deff="wr"))
  tc(p("total"), data=D("ess_b"), design=dd, adjust=A, by=list("sector"), estimate=list(type="total", y=list("use_ai","employees"), na="drop"), tol=list(rel=1e-8,abs=1e-6))
  tc(p("prop"), data=D("ess_b"), design=dd, adjust=A, by=list("territory"), estimate=list(type="proportion", y=list("use_ai","has_dpo"), na="drop"), ci=list(level=.95, df="design", methods=TM), tol=list(rel=1e-6,abs=1e-8))
  tc(p("shares"), data=D("ess_b"), design=dd, adjust=A, estimate=list(type="category_shares", y="has_strategy", levels=list("yes","no","dont_know"), vcov=TRUE, na="drop"))
  tc(p("ratio"), data=D("ess_b"), design=dd, adjust=A, domain=list(C("employees",">",0)), estimate=list(type="ratio", numerator="budget", denominator="employees", na="drop"))
  tc(p("q"), data=D("ess_b"), design=dd, adjust=A, estimate=list(type="quantile", y="budget", probs=list(.25,.5,.9), rule="math", interval="mean", na="drop"))
  tc(p("var"), data=D("ess_b"), design=dd, adjust=A, estimate=list(type="variance", y="budget", na="drop"))
  tc(p("diff"), data=D("ess_b"), design=dd, adjust=A, estimate=list(type="difference", y="use_ai", a=list(C("net_digital","==",1)), b=list(C("net_coop","==",1)), na="drop"))
  tc(p("over"), data=D("ess_b"), design=dd, adjust=A, overlapping=list("net_digital","net_uniopss","net_coop"), estimate=list(type="mean", y=list("pct_remote"), na="drop"))
  for (dnm in c("base","answered","substantive","citers")) tc(p("mc",dnm), data=D("ess_b"), design=dd, adjust=A, domain=list(C("sought_funding","==",1)), estimate=list(type="multi_choice", options=list("bar_eligibility","bar_admin","bar_cofinancing","bar_information","bar_skills","bar_other"), none_column="bar_none", dont_know_column="bar_dk", denominator=dnm))
  tc(p("chi"), data=D("ess_b"), design=dd, adjust=A, estimate=list(type="chisq", row="has_strategy", col="territory", wald=TRUE, na="drop"), tol=list(rel=1e-6,abs=1e-8))
  tc(p("t"), data=D("ess_b"), design=dd, adjust=A, estimate=list(type="ttest_two_groups", y="use_ai", group="territory", group_a="rural", group_b="urban", na="drop"), tol=list(rel=1e-6,abs=1e-8))
  tc(p("score"), data=D("ess_b"), design=dd, adjust=A, by=list("size"), estimate=list(type="score", items=as.list(paste0("mat_q",1:8)), item_min=1, item_max=5, missing_codes=list(8), min_answered_share=.6, cutoffs=list(20,45,70), level_names=list("a","b","c","d")))
  for (im in c("as_zero","unit_missing")) tc(p("dii",im), data=D("ess_b"), design=dd, adjust=A, by=list("legal_family"), estimate=list(type="dii", items=as.list(sprintf("dii_%02d",1:12)), item_missing=im))
  tc(p("raowu"), data=D("ess_b"), design=ess, adjust=A, replicates=list(kind="rao_wu_counts", file="replicates/ess_b_raowu_50.csv", scale=1/49, use_fpc=FALSE, centre="replicate_mean"), estimate=list(type="mean", y=list("use_ai"), na="drop"), by=list("territory"), ci=list(level=.95, df=900), tol=list(rel=1e-6,abs=1e-8))
  tc(p("jkn"), data=D("ess_b"), design=dd, adjust=A, domain=list(C("sector","in",list("culture","sport"))), replicates=list(kind="jkn", centre="full_sample"), estimate=list(type="mean", y=list("has_dpo"), na="drop"), ci=list(level=.95, df=30), tol=list(rel=1e-6,abs=1e-8))
}
# replicates with other estimates
rw <- list(kind="rao_wu_counts", file="replicates/ess_b_raowu_50.csv", scale=1/50, use_fpc=FALSE, centre="full_sample"); rwf <- rw; rwf$use_fpc <- TRUE
for (i in 1:2) { r <- list(rw,rwf)[[i]]; dd <- list(ess,essf)[[i]]; for (A in list(NULL, list(ipf))) { a <- function(...) if (is.null(A)) tc(..., data=D("ess_b"), design=dd, replicates=r) else tc(..., data=D("ess_b"), design=dd, replicates=r, adjust=A)
  t6 <- list(rel=1e-6,abs=1e-8); ci <- list(level=.95, df=40)
  a("rep ratio", estimate=list(type="ratio", numerator="budget", denominator="employees", na="drop"), ci=ci, tol=t6)
  a("rep total", estimate=list(type="total", y=list("employees"), na="drop"), ci=ci, tol=t6)
  a("rep prop", estimate=list(type="proportion", y=list("use_ai","has_dpo"), na="drop"), by=list("sector"), ci=list(level=.95, df=40, methods=TM), tol=t6)
  a("rep shares", estimate=list(type="category_shares", y="has_strategy", levels=list("yes","no","dont_know"), vcov=TRUE, na="drop"), ci=ci, tol=t6)
  a("rep diff", estimate=list(type="difference", y="use_ai", a=list(C("net_digital","==",1)), b=list(C("net_coop","==",1)), na="drop"), ci=ci, tol=t6)
  a("rep mc", estimate=list(type="multi_choice", options=list("bar_eligibility","bar_admin"), none_column="bar_none", dont_know_column="bar_dk", denominator="substantive"), ci=ci, tol=t6)
  a("rep score", estimate=list(type="score", items=as.list(paste0("mat_q",1:8)), item_min=1, item_max=5, missing_codes=list(8), min_answered_share=.6, cutoffs=list(20,45,70), level_names=list("a","b","c","d")), ci=ci, tol=t6)
  a("rep dii", estimate=list(type="dii", items=as.list(sprintf("dii_%02d",1:12)), item_missing="as_zero"), ci=ci, tol=t6)
  a("rep over", overlapping=list("net_digital","net_coop"), estimate=list(type="mean", y=list("use_ai"), na="drop"), ci=ci, tol=t6) 
  a("rep quantile", estimate=list(type="quantile", y="budget", probs=list(.25,.5), rule="math", interval="mean", na="drop"), ci=ci, tol=t6)
  a("rep var", estimate=list(type="variance", y="budget", na="drop"), ci=ci, tol=t6) } }
# lonely
for (lp in c("remove","certainty","adjust","average")) { lo <- list(weights="w_nr", strata="stratum", lonely_psu=lp); lof <- c(lo, list(fpc="N_h")); for (dd in list(lo,lof)) {
  tc(paste("lonely",lp,"mean"), data=D("ess_b_lonely"), design=dd, estimate=list(type="mean", y=list("score","employees")))
  tc(paste("lonely",lp,"total"), data=D("ess_b_lonely"), design=dd, estimate=list(type="total", y=list("score")))
  tc(paste("lonely",lp,"by"), data=D("ess_b_lonely"), design=dd, by=list("territory"), estimate=list(type="mean", y=list("score")))
  tc(paste("lonely",lp,"dom"), data=D("ess_b_lonely"), design=dd, domain=list(C("legal_family","==","association")), estimate=list(type="mean", y=list("score")))
  tc(paste("lonely",lp,"ratio"), data=D("ess_b_lonely"), design=dd, estimate=list(type="ratio", numerator="score", denominator="employees"))
  tc(paste("lonely",lp,"prop"), data=D("ess_b_lonely"), design=dd, by=list("sector"), estimate=list(type="proportion", y=list("has_dpo","net_digital"), na="drop"), ci=list(level=.95,df="design",methods=TM), tol=list(rel=1e-6,abs=1e-8))
  tc(paste("lonely",lp,"q"), data=D("ess_b_lonely"), design=dd, estimate=list(type="quantile", y="score", probs=list(.5), rule="math", interval="mean"))
  tc(paste("lonely",lp,"diff"), data=D("ess_b_lonely"), design=dd, estimate=list(type="difference", y="score", a=list(C("territory","==","rural")), b=list(C("territory","==","urban"))))
  tc(paste("lonely",lp,"cal"), data=D("ess_b_lonely"), design=dd, adjust=list(mk("raking",NULL,list(cat_t("territory",list(rural=900,urban=2100))))), by=list("legal_family"), estimate=list(type="mean", y=list("score")))
  tc(paste("lonely",lp,"chi"), data=D("ess_b_lonely"), design=dd, estimate=list(type="chisq", row="territory", col="net_digital", wald=TRUE), tol=list(rel=1e-6,abs=1e-8)) 
  tc(paste("lonely",lp,"t"), data=D("ess_b_lonely"), design=dd, estimate=list(type="ttest_two_groups", y="score", group="territory", group_a="rural", group_b="urban"), tol=list(rel=1e-6,abs=1e-8)) } }
# yoy
for (s in c("stratum","wave_size","wave_sector")) { wv <- list(weights="w_nr", strata=s, psu="org_id"); if (s!="stratum") wv$psu <- NULL; for (y in c("use_ai","pct_remote","has_dpo")) {
  tc(paste("yoy",s,y), data=D("ess_b_waves"), design=wv, estimate=list(type="difference", y=y, a=list(C("wave","==",2)), b=list(C("wave","==",1)), na="drop"))
  tc(paste("yoy",s,y,"t"), data=D("ess_b_waves"), design=wv, estimate=list(type="ttest_two_groups", y=y, group="wave", group_a="1", group_b="2", na="drop"), tol=list(rel=1e-6,abs=1e-8))
  tc(paste("yoy",s,y,"dom"), data=D("ess_b_waves"), design=wv, domain=list(C("sector","!=","other")), estimate=list(type="difference", y=y, a=list(C("wave","==",2), C("net_coop","==",1)), b=list(C("wave","==",1), C("net_coop","==",1)), na="drop")) 
  tc(paste("yoy",s,y,"by"), data=D("ess_b_waves"), design=wv, by=list("territory"), estimate=list(type="difference", y=y, a=list(C("wave","==",2)), b=list(C("wave","==",1)), na="drop")) } }
# swiss
st <- list(const(MG$swiss$N), cat_t("size",MG$swiss$size), num_t("POPTOT",MG$swiss$POPTOT)); for (m in list(list("linear",NULL),list("raking",NULL),list("logit",c(.5,2)),list("truncated_linear",c(.5,2)))) { tc(paste("sw w",m[[1]]), data=D("swiss_sample"), design=sw, adjust=list(mk(m[[1]],m[[2]],st)), estimate=list(type="weights"))
 tc(paste("sw t",m[[1]]), data=D("swiss_sample"), design=sw, adjust=list(mk(m[[1]],m[[2]],st)), estimate=list(type="total", y=list("H00PTOT","HApoly","Surfacesbois")))
 tc(paste("sw rw",m[[1]]), data=D("swiss_sample"), design=sw0, adjust=list(mk(m[[1]],m[[2]],st)), replicates=list(kind="rao_wu_counts", file="replicates/swiss_raowu_70.csv", scale=1/69, use_fpc=FALSE, centre="replicate_mean"), estimate=list(type="total", y=list("H00PTOT","HApoly")), ci=list(level=.95, df=100), tol=list(rel=1e-6,abs=1e-3))
 tc(paste("sw jk",m[[1]]), data=D("swiss_sample"), design=sw, adjust=list(mk(m[[1]],m[[2]],st)), replicates=list(kind="jkn", centre="replicate_mean"), estimate=list(type="ratio", numerator="Surfacesbois", denominator="HApoly"), ci=list(level=.95, df=100), tol=list(rel=1e-6,abs=1e-8)) }
for (y in list(c("dii_01","dii_02","dii_03","dii_04"), paste0("mat_q",1:8))) for (w in 0:1) tc(paste("alpha",length(y),w), data=D("ess_b"), design=if (w) ess["weights"] else list(), estimate=list(type="cronbach_alpha", items=as.list(y)))
tc("alpha rev w", data=D("ess_b"), design=ess["weights"], estimate=list(type="cronbach_alpha", items=as.list(paste0("mat_q",1:5)), reversed=list("mat_q2","mat_q3"), reverse_constant=9))
for (m in c("holm","BH","hochberg","bonferroni","BY")) tc(paste("padj",m), estimate=list(type="p_adjust", method=m, p=list(.9,.01,NULL,.01,.02,1,0,.3,NULL,.04)))
tc("nchs", estimate=list(type="quality_flags", rule="nchs_2017", inputs=list(list(p=0,se=0,n=40,df=20,level=.95),list(p=1,se=0,n=20,df=3,level=.95),list(p=.02,se=.01,n=300,df=6,level=.95),list(p=.97,se=.005,n=900,df=60,level=.95),list(p=.5,se=.08,n=200,df=40,level=.9),list(p=.3,se=.02,n=31,df=25,level=.95))))
tc("diag", data=D("ess_b"), estimate=list(type="weight_diagnostics", weights="w_nr", by="legal_family"))
for (e in list(c("unknown", "unknown_margin_category"))) { m2 <- em$territory; m2$rural <- NULL; tc("err unknown", data=D("ess_b"), design=ess, adjust=list(list(type="ipf", margins=list(list(column="territory", totals=m2)))), estimate=list(type="weights"), expect_error="unknown_margin_category") }
tc("err missing cal", data=D("ess_b"), design=ess, adjust=list(mk("linear",NULL,list(const(30000), num_t("pct_remote",1e6)))), estimate=list(type="weights"), expect_error="missing_calibration_variable")
tc("err missing", data=D("ess_b"), design=ess, estimate=list(type="mean", y=list("use_ai")), expect_error="missing_values")
tc("err missing diff", data=D("ess_b"), design=ess, estimate=list(type="difference", y="use_ai", a=list(C("net_digital","==",1)), b=list(C("net_coop","==",1))), expect_error="missing_values")
tc("err missing weight", data=D("ess_b"), design=list(weights="budget"), estimate=list(type="mean", y=list("employees")), expect_error="missing_weight")
tc("err logit", data=D("ess_b"), design=ess, adjust=list(mk("logit",c(.99,1.01),et)), estimate=list(type="weights"), expect_error="calibration_failed")
tc("err fpc", data=D("ess_b"), design=list(weights="w_nr", strata="stratum", fpc="net_digital"), estimate=list(type="mean", y=list("employees")), expect_error="fpc_below_sample_size")
finish()
