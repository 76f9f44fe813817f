//! What the attacker says it found.

use std::fmt;

use crate::domain::Domain;

/// A signed sum of domains: what remains of the positive ones when the negative ones are taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(pub Vec<(i8, Domain)>);

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The number of respondents of a group too small to show, or of a domain whose number is shown as a class.
    Number,
    /// All or none of a small group gave an answer.
    AllOrNone,
    /// The answer of the heaviest respondent of a group is known: who gave the other one weigh less together.
    Heaviest,
    /// The share of a small group is known within less than the width asked for.
    Share,
    /// The number of respondents who gave an answer is known exactly.
    Count,
    /// A standard error or an interval gives the number of respondents away.
    Error,
    /// Two editions differ by about one respondent, whose answers can be read.
    Years,
    /// Two outputs say different things of the same cell.
    Contradiction,
    /// A chart is drawn from something else than what it displays.
    Chart,
    /// A field, an order or a property of a file says something about what is withheld.
    Field,
}

/// Whether a claim has to be repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It must not be published like this.
    Serious,
    /// It must not be published like this if the group is small, and what is displayed does not tell whether it is.
    Possible,
    /// True, and about nobody: the group has enough respondents, or none.
    Harmless,
}

/// A released domain without which the claim could not be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// Which.
    pub domain: Domain,
    /// Share of the work that its displayed values do in the claim, from 0 to 1 (dual values).
    pub weight: f64,
}

/// Something that the attacker found out.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What was found.
    pub kind: Kind,
    /// Whether it has to be repaired.
    pub severity: Severity,
    /// About whom.
    pub group: Group,
    /// Base of the question; empty for everybody.
    pub base: String,
    /// Indicator, when the claim is about answers.
    pub question: Option<String>,
    /// Category of the indicator.
    pub category: Option<String>,
    /// The share is in this interval, in the unit of the indicator.
    pub interval: Option<(f64, f64)>,
    /// The number of respondents of the group (or of the answer, for [`Kind::Count`]) is in this interval.
    pub n: Option<(u32, u32)>,
    /// What made it possible, the greatest weight first; the choice of what to repair.
    pub binding: Vec<Binding>,
    /// Where and how, in words.
    pub detail: String,
}

impl Group {
    /// One domain.
    #[must_use]
    pub fn one(domain: Domain) -> Self {
        Self(vec![(1, domain)])
    }

    /// One without another that is inside it.
    #[must_use]
    pub fn difference(outer: Domain, inner: Domain) -> Self {
        Self(vec![(1, outer), (-1, inner)])
    }
}

impl Claim {
    /// Whether it has to be repaired.
    #[must_use]
    pub fn is_serious(&self) -> bool {
        self.severity == Severity::Serious
    }
}

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (sign, domain)) in self.0.iter().enumerate() {
            let joint = match (index, *sign < 0) {
                (0, false) => "",
                (_, false) => " plus ",
                (_, true) => " without ",
            };
            write!(formatter, "{joint}[{domain}]")?;
        }
        Ok(())
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.severity {
            Severity::Serious => "serious: ",
            Severity::Possible => "possible: ",
            Severity::Harmless => "harmless: ",
        })?;
        let group = &self.group;
        let answer = match (&self.question, &self.category) {
            (Some(question), Some(category)) if category != "_T" => format!("{question} = {category}"),
            (Some(question), _) => question.clone(),
            _ => String::new(),
        };
        match (self.kind, self.interval, self.n) {
            (Kind::Number, _, Some((least, most))) if least == most => {
                write!(formatter, "{group} has {least} respondents")?;
            }
            (Kind::Number, _, Some((least, most))) => {
                write!(formatter, "{group} has {least} to {most} respondents")?;
            }
            (Kind::AllOrNone, Some((low, _)), _) => {
                let who = if low > 50.0 { "all" } else { "none" };
                write!(formatter, "{who} of {group} answered {answer}")?;
            }
            (Kind::Heaviest, Some((low, high)), _) => {
                write!(
                    formatter,
                    "the answer of the heaviest of {group} to {answer}, from {low:.1} to {high:.1} in all"
                )?;
            }
            (Kind::Share, Some((low, high)), _) => {
                write!(formatter, "{answer}: from {low:.1} to {high:.1} in {group}")?;
            }
            (Kind::Count, _, Some((count, _))) => write!(formatter, "{answer}: exactly {count} of {group}")?,
            (Kind::Error, _, Some((least, most))) => {
                write!(formatter, "the precision shown for {group} says {least} to {most} respondents")?;
            }
            (Kind::Years, _, _) => {
                write!(formatter, "the answers of who came or left can be read in {group}")?;
            }
            _ if !group.0.is_empty() => write!(formatter, "{group} {answer}")?,
            _ => formatter.write_str(&answer)?,
        }
        if !self.detail.is_empty() {
            write!(formatter, " ({})", self.detail)?;
        }
        if !self.binding.is_empty() {
            let domains: Vec<String> =
                self.binding.iter().take(4).map(|found| format!("[{}]", found.domain)).collect();
            write!(formatter, ", from {}", domains.join(", "))?;
        }
        Ok(())
    }
}
