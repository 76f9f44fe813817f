suppressWarnings(suppressMessages({ library(survey); library(sampling); library(jsonlite) }))
O <- Sys.getenv("ORACLE_DIR"); options(digits = 15)
wr <- function(d, f) write.csv(d, file.path(O, f), row.names = FALSE, na = "", quote = TRUE, fileEncoding = "UTF-8")
fac <- function(d) { for (n in names(d)) if (is.factor(d[[n]])) d[[n]] <- as.character(d[[n]]); d }
data(api); data(nhanes); data(mu284); data(hospital); data(election)
d <- fac(apisrs[, c("cds","stype","dnum","cnum","api00","api99","growth","sch.wide","comp.imp","awards","meals","ell","mobility","acs.core","enroll","api.stu","pw","fpc")]); names(d) <- gsub(".", "_", names(d), fixed=TRUE)
d$comp_imp01 <- as.integer(d$comp_imp=="Yes"); d$sch_wide01 <- as.integer(d$sch_wide=="Yes"); d$one <- 1L; wr(d, "data/apisrs.csv")
d2 <- fac(apiclus2[, c("cds","stype","dnum","snum","api00","api99","ell","meals","sch.wide","comp.imp","awards","enroll","api.stu","pw","fpc1","fpc2")]); names(d2) <- gsub(".", "_", names(d2), fixed=TRUE); d2$comp_imp01 <- as.integer(d2$comp_imp=="Yes"); d2$fpc1 <- as.numeric(d2$fpc1); d2$fpc2 <- as.numeric(d2$fpc2); wr(d2, "data/apiclus2.csv")
n <- fac(nhanes); n$young <- as.integer(n$agecat %in% c("(0,19]","(19,39]")); wr(n, "data/nhanes.csv")
m <- mu284; m$w <- m$n1/length(unique(m$id1)) * m$n2/ave(rep(1,nrow(m)), m$id1, FUN=sum); wr(m, "data/mu284.csv")
wr(fac(hospital), "data/hospital.csv")
e <- fac(election_pps); e$w <- 1/e$p; wr(e, "data/election_pps.csv")
data(swissmunicipalities); s <- fac(swissmunicipalities); set.seed(8); s$size <- as.character(cut(s$POPTOT, c(0,500,2000,10000,Inf), labels=c("s1","s2","s3","s4")))
N_h <- table(s$REG); n_h <- pmax(10, round(.1*as.integer(N_h))); names(n_h) <- names(N_h)
k <- sort(unlist(lapply(names(N_h), function(h){ i <- which(s$REG==h); i[sample.int(length(i), n_h[[h]])] })))
x <- s[k, c("CT","REG","COM","HApoly","Surfacesbois","POPTOT","H00PTOT","Pop020","size")]; x$N_h <- as.integer(N_h[as.character(x$REG)]); x$w <- x$N_h/as.numeric(n_h[as.character(x$REG)]); wr(x, "data/swiss_sample.csv")
sm <- list(N=nrow(s), size=as.list(table(s$size)), REG=as.list(table(s$REG)), POPTOT=sum(as.numeric(s$POPTOT)))
source(file.path(O, "scripts/gen_ess.R"))
A <- gen_ess(424242, 1500, .5, pop=30000, na_rate=.09); tb <- table(A$sample$stratum); A$sample <- A$sample[A$sample$stratum %in% names(tb)[tb>=4],]; wk <- table(A$waves$stratum); A$waves <- A$waves[A$waves$stratum %in% names(wk)[wk>=6],]; print(tb); wr(A$sample, "data/ess_b.csv"); wr(A$waves, "data/ess_b_waves.csv")
lon <- A$sample[A$sample$size != "0", c("org_id","stratum","sector","region","territory","employees","pct_remote","has_dpo","use_ai","w_nr","N_h","net_digital","legal_family")]; set.seed(6); lon <- lon[sort(sample.int(nrow(lon), 180)),]
for (h in c("assoc:50+","esus:50+","coop_mut_fond:1-9")) { k <- which(lon$stratum==h); if (length(k)>1) lon <- lon[-k[-1],] }
lon$score <- round(30+4*log1p(lon$employees)+rnorm(nrow(lon),0,12),2); lon$has_dpo[is.na(lon$has_dpo)] <- 0L; wr(lon, "data/ess_b_lonely.csv")
# apisrs counts
counts <- function(st, R, seed) { set.seed(seed); m <- matrix(0L, length(st), R); for (h in unique(st)) { i <- which(st == h); for (r in 1:R) m[i, r] <- tabulate(sample.int(length(i), length(i) - 1, TRUE), length(i)) }; colnames(m) <- paste0("r", 1:R); m }
wr(cbind(row=seq_len(nrow(x)), counts(x$REG, 70, 12)), "replicates/swiss_raowu_70.csv")
wr(cbind(row=seq_len(nrow(A$sample)), counts(A$sample$stratum, 50, 13)), "replicates/ess_b_raowu_50.csv")
writeLines(toJSON(list(ess=list(margins=A$margins[c("legal_family","sector","size","region","territory")], cross=A$margins$cross, totals=A$totals, N=A$N), swiss=sm, api=list(stype=list(E=4421,H=755,M=1018), sch_wide=list(No=1072,Yes=5122), N=6194, api99=3914069)), auto_unbox=TRUE, digits=NA), file.path(O,"margins.json"))
writeLines("{}", file.path(O,"replicates/scales.json"))
