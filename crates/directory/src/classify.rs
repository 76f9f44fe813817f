//! The double grid on one actor: what the edition's derived variables say, in types that hold nothing else.

use std::collections::BTreeMap;

use questionnaire::{Answers, Facts};

use crate::definition::Directory;

/// What the double grid says of an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Classification {
    /// The actor did not agree to a card: there is nothing to classify.
    Refused,
    /// The actor agreed to a card.
    Classified(Classified),
}

/// What the double grid says of an actor who agreed to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    pillars: Pillars,
    belonging: Belonging,
    families: BTreeMap<String, Verdict>,
    outcome: Outcome,
}

/// The three pillars of the law of 31 July 2014.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pillars {
    /// Social utility.
    pub utility: Pillar,
    /// Democratic governance.
    pub governance: Pillar,
    /// Framed use of surpluses.
    pub finance: Pillar,
}

/// Declares an enum whose values are the categories of a derived variable.
macro_rules! categories {
    ($(#[$about:meta])* $name:ident { $($(#[$case_about:meta])* $case:ident = $code:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$case_about])* $case),+ }

        impl $name {
            pub(crate) const CODES: &[&str] = &[$($code),+];

            /// The category's code in the definition.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$case => $code),+ }
            }

            fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$case),)+ _ => None }
            }
        }
    };
}

categories! {
    /// How far an actor meets a pillar.
    Pillar {
        /// Met.
        Met = "rempli",
        /// Met in part, or not known.
        Partial = "partiel",
        /// Not met.
        NotMet = "non_rempli",
    }
}

categories! {
    /// Belonging to the ESS (grid 1).
    Belonging {
        /// By its legal status.
        ByRight = "de_droit",
        /// By meeting the three pillars.
        ByCriteria = "par_criteres",
        /// For an editor to examine.
        ToExamine = "a_examiner",
        /// Outside.
        Outside = "hors_ess",
    }
}

categories! {
    /// Whether an actor belongs to a family it ticked (grid 2).
    Verdict {
        /// An inclusion criterion is met, and no exclusion criterion is ticked.
        Valid = "valide",
        /// The criteria are met in part, or contradict each other.
        ToVerify = "a_verifier",
        /// Exclusion criteria alone.
        Excluded = "exclu",
    }
}

categories! {
    /// What the grids alone would make of the card. An editor decides in any case.
    Outcome {
        /// A valid family, and part of the ESS.
        Publishable = "publiable",
        /// For an editor to examine.
        ToReview = "a_examiner",
        /// Nothing digital in its activity: outside the scope.
        OutOfScope = "hors_perimetre",
    }
}

/// The category of the outcome of an actor who did not agree to a card.
pub(crate) const NO_AGREEMENT: &str = "sans_accord";

/// What the double grid says of these answers. What is off the path does not count, as everywhere.
#[must_use]
pub fn classify(directory: &Directory<'_>, answers: &Answers) -> Classification {
    let facts = directory.edition().facts(answers);
    let grid = directory.grid();
    let outcome = match facts.derived_category(grid.outcome) {
        Some(NO_AGREEMENT) => return Classification::Refused,
        // A definition may leave an actor without an outcome: that is a doubt, and doubts go to an editor.
        outcome => outcome.and_then(Outcome::from_code).unwrap_or(Outcome::ToReview),
    };
    let families = grid.families.iter().filter_map(|(family, variable)| {
        let verdict = Verdict::from_code(facts.derived_category(*variable)?)?;
        Some((family.clone(), verdict))
    });
    Classification::Classified(Classified {
        pillars: Pillars {
            utility: pillar(&facts, grid.utility),
            governance: pillar(&facts, grid.governance),
            finance: pillar(&facts, grid.finance),
        },
        belonging: facts
            .derived_category(grid.belonging)
            .and_then(Belonging::from_code)
            .unwrap_or(Belonging::ToExamine),
        families: families.collect(),
        outcome,
    })
}

fn pillar(facts: &Facts<'_>, variable: usize) -> Pillar {
    facts.derived_category(variable).and_then(Pillar::from_code).unwrap_or(Pillar::Partial)
}

impl Classification {
    /// What the grids say, when the actor agreed to a card.
    #[must_use]
    pub fn classified(&self) -> Option<&Classified> {
        match self {
            Self::Refused => None,
            Self::Classified(classified) => Some(classified),
        }
    }
}

impl Classified {
    /// The three pillars.
    #[must_use]
    pub fn pillars(&self) -> Pillars {
        self.pillars
    }

    /// Belonging to the ESS.
    #[must_use]
    pub fn belonging(&self) -> Belonging {
        self.belonging
    }

    /// The verdict on each family that was ticked, by code.
    #[must_use]
    pub fn families(&self) -> &BTreeMap<String, Verdict> {
        &self.families
    }

    /// The families with this verdict, by code.
    pub fn families_with(&self, verdict: Verdict) -> impl Iterator<Item = &str> {
        self.families.iter().filter(move |(_, found)| **found == verdict).map(|(family, _)| family.as_str())
    }

    /// Whether the actor belongs to several families: two valid ones or more.
    #[must_use]
    pub fn is_transversal(&self) -> bool {
        self.families_with(Verdict::Valid).count() >= 2
    }

    /// The families ticked, in words: those that are not valid have their verdict beside them.
    #[must_use]
    pub fn grid(&self) -> String {
        let shown = self.families.iter().map(|(family, verdict)| match verdict {
            Verdict::Valid => family.clone(),
            other => format!("{family}: {}", other.code()),
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// What the grids alone would make of the card.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }
}
