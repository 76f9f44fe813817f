//! How letters travel.

use std::path::PathBuf;

use clap::Args;

use crate::postman::RelayAddress;

/// Who sends letters by e-mail.
#[derive(Debug, Args)]
pub(crate) struct MailArguments {
    /// Mail relay (SMTP): `127.0.0.1:25` on this machine or its private network, elsewhere in TLS by
    /// `smtps://relay.example.org:465` or `starttls://relay.example.org:587`; no letter is offered to respondents when
    /// absent
    #[arg(long, env = "BAROMETRE_SMTP")]
    pub smtp: Option<RelayAddress>,
    /// Who the relay lets in; the password is read from the environment variable `BAROMETRE_SMTP_PASSWORD` alone
    #[arg(long, env = "BAROMETRE_SMTP_USER")]
    pub smtp_user: Option<String>,
    /// Never given on the command line, which everyone on the machine can read
    #[arg(long, env = "BAROMETRE_SMTP_PASSWORD", hide = true, hide_env_values = true)]
    pub smtp_password: Option<String>,
    /// Certificate (PEM) of an authority that is trusted beside those of the system, for a relay of one's own
    #[arg(long, env = "BAROMETRE_SMTP_CA", value_name = "FILE")]
    pub smtp_ca: Option<PathBuf>,
    /// Sender of letters, for instance `Baromètre <barometre@example.org>`
    #[arg(long, env = "BAROMETRE_MAIL_FROM")]
    pub mail_from: Option<String>,
}
