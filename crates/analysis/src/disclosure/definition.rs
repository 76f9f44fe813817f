//! What a publication repeats of the definition.

use std::collections::BTreeMap;

use extract::Manifest;
use publication::{
    BreakdownWords, Chapter, ChartForm, ChartPlan, Dimension, EditionInfo, Finding, Indicator, Reference,
    Subject, Target, Unit, Wording,
};
use questionnaire::Edition;

use super::Context;
use crate::denominator::denominator;

pub(super) fn edition(edition: &Edition, manifest: &Manifest, context: &Context) -> EditionInfo {
    EditionInfo {
        survey: manifest.survey.clone(),
        edition: manifest.edition.clone(),
        title: edition.plan.title.clone(),
        publisher: context.publisher.clone(),
        field_start: manifest.field_start.to_string(),
        field_end: manifest.field_end.to_string(),
        is_simulated: manifest.is_simulated,
    }
}

pub(super) fn dimensions(edition: &Edition) -> Vec<Dimension> {
    edition
        .questionnaire
        .dimensions
        .iter()
        .map(|dimension| Dimension { code: dimension.code.clone(), label: dimension.label.clone() })
        .collect()
}

/// The indicator without its figures.
pub(super) fn indicator(edition: &Edition, indicator: &questionnaire::Indicator, unit: Unit) -> Indicator {
    let text = |question: &usize| edition.questionnaire.questions[*question].text.clone();
    Indicator {
        code: indicator.code.clone(),
        label: indicator.label.clone(),
        dimension: indicator.dimension.clone(),
        unit,
        numerator: indicator.numerator_text.clone(),
        base: indicator.base_text.clone(),
        base_label: indicator.base_label.clone(),
        denominator: Some(denominator(edition, indicator)),
        questions: indicator.questions.iter().map(text).collect(),
        target: indicator.target.as_ref().map(|target| Target {
            value: target.value,
            year: target.year,
            source: target.source.clone(),
        }),
        comparable: indicator.comparable.clone(),
        published_2022: indicator.published_2022,
        unweighted: None,
        no_answer: None,
        note: indicator.note.clone(),
    }
}

pub(super) fn chapters(edition: &Edition) -> Vec<Chapter> {
    let chart = |chart: &questionnaire::ChartPlan| ChartPlan {
        code: chart.code.clone(),
        title: chart.title.clone(),
        form: match chart.form {
            questionnaire::ChartForm::Ranked => ChartForm::Ranked,
            questionnaire::ChartForm::Bars => ChartForm::Bars,
            questionnaire::ChartForm::Stacked => ChartForm::Stacked,
            questionnaire::ChartForm::Dots => ChartForm::Dots,
            questionnaire::ChartForm::Bullet => ChartForm::Bullet,
            questionnaire::ChartForm::Scores => ChartForm::Scores,
            questionnaire::ChartForm::Trend => ChartForm::Trend,
            questionnaire::ChartForm::Slope => ChartForm::Slope,
            questionnaire::ChartForm::Heatmap => ChartForm::Heatmap,
            questionnaire::ChartForm::Map => ChartForm::Map,
            questionnaire::ChartForm::Histogram => ChartForm::Histogram,
            questionnaire::ChartForm::Waffle => ChartForm::Waffle,
        },
        indicators: chart.indicators.clone(),
        labels: chart.labels.clone(),
        breakdown: chart.breakdown.clone(),
    };
    edition
        .plan
        .chapters
        .iter()
        .map(|chapter| Chapter {
            code: chapter.code.clone(),
            title: chapter.title.clone(),
            text: chapter.text.clone(),
            charts: chapter.charts.iter().map(chart).collect(),
        })
        .collect()
}

pub(super) fn wordings(edition: &Edition) -> BTreeMap<String, Wording> {
    edition.wordings.iter().map(|(language, wording)| (language.clone(), words(wording))).collect()
}

fn words(wording: &questionnaire::Wording) -> Wording {
    let subject = |(code, subject): (&String, &questionnaire::FindingSubject)| {
        let questionnaire::FindingSubject { singular, plural, is_feminine } = subject.clone();
        (code.clone(), Subject { singular, plural, is_feminine })
    };
    let finding = |(code, finding): (&String, &questionnaire::Finding)| {
        let questionnaire::Finding { text, subject, topic } = finding.clone();
        (code.clone(), Finding { text, subject, topic })
    };
    let breakdown = |(code, words): (&String, &questionnaire::BreakdownWords)| {
        let questionnaire::BreakdownWords { by, rising } = words.clone();
        (code.clone(), BreakdownWords { by, rising })
    };
    Wording {
        subjects: wording.subjects.iter().map(subject).collect(),
        findings: wording.findings.iter().map(finding).collect(),
        breakdowns: wording.breakdowns.iter().map(breakdown).collect(),
        rankings: wording.rankings.clone(),
    }
}

/// The texts of each other language, of those that the publication repeats and of the questions that it quotes.
/// `notes` are those of the method, in French and in English.
pub(super) fn translations(
    edition: &Edition,
    notes: &[(String, String)],
) -> BTreeMap<String, BTreeMap<String, String>> {
    let languages = edition.questionnaire.languages.iter().filter(|language| **language != edition.language);
    languages
        .map(|language| {
            let mut texts = edition.published_texts(language);
            if language == "en" {
                texts.extend(notes.iter().cloned());
                // No file of an edition names its index.
                let index = edition.derived.iter().find(|derived| derived.name == "indice");
                texts.extend(index.map(|index| (index.label.clone(), "Digital maturity index".to_owned())));
            }
            (language.clone(), texts)
        })
        .filter(|(_, texts)| !texts.is_empty())
        .collect()
}

pub(super) fn references(edition: &Edition) -> Vec<Reference> {
    edition
        .references
        .iter()
        .map(|reference| Reference {
            series: reference.series.clone(),
            indicator: reference.indicator.clone(),
            label: reference.label.clone(),
            year: reference.year.clone(),
            value: reference.value.clone(),
            unit: reference.unit.clone(),
            base: reference.base.clone(),
            n: reference.n.clone(),
            source: reference.source.clone(),
            url: reference.url.clone(),
            verification: reference.verification.clone(),
            note: reference.note.clone(),
            is_drawable: reference.drawable().is_some(),
        })
        .collect()
}
