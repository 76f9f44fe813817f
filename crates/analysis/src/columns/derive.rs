//! Derived variables as columns.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use polars::prelude::{
    Column, DataFrame, DataType, Expr, Field, IntoColumn, IntoLazy, LazyFrame, StringChunked, col, lit, when,
};
use polars::prelude::{NamedFrom, Series};
use questionnaire::expr::DerivedIndex;
use questionnaire::{
    CaseValue, CommuneAttribute, Condition, DerivedRule, Edition, Number, QuestionIndex, ScoreRule, Subject,
};

use super::compile::{Compiler, any, as_number, asked_column, is_one_of, missing, place_name, sum};
use super::values::polars;
use crate::error::AnalysisError;

/// The frame with one column `derived.<name>` for each derived variable of the edition, and one column `asked.<place>`
/// for each question and row of a matrix, read off the path of each response.
///
/// Variables are added level by level: first those that read answers alone, then those that read these, and so on.
/// One item of a score becomes one column `item.<question>`, from 0 to 100, `null` when unmeasured.
///
/// # Errors
/// When a rule reads a question that extracts leave out, or when the frame is not an extract of this edition.
pub fn derive(frame: LazyFrame, edition: &Edition) -> Result<DataFrame, AnalysisError> {
    let compiler = Compiler::new(edition);
    let mut items = Vec::new();
    for (index, question) in edition.questionnaire.questions.iter().enumerate() {
        if let Some(rule) = question.score {
            items.push(item(edition, compiler, index, rule)?.alias(item_name(edition, index)));
        }
    }
    let mut frame = frame.with_columns(items).collect().map_err(polars)?;
    frame = frame.hstack(&asked(&frame, edition)?).map_err(polars)?;
    // Each variable reads earlier ones alone: their levels are known.
    let mut known: Vec<usize> = Vec::with_capacity(edition.derived.len());
    let mut levels: BTreeMap<usize, Vec<DerivedIndex>> = BTreeMap::new();
    for (index, derived) in edition.derived.iter().enumerate() {
        let level = read_by(&derived.rule).into_iter().map(|read| known[read] + 1).max().unwrap_or(0);
        known.push(level);
        levels.entry(level).or_default().push(index);
    }
    for variables in levels.into_values() {
        let columns = variables
            .into_iter()
            .map(|index| {
                let name = edition.subject_name(Subject::Derived(index));
                Ok(rule(edition, compiler, &edition.derived[index].rule)?.alias(name))
            })
            .collect::<Result<Vec<_>, AnalysisError>>()?;
        frame = frame.lazy().with_columns(columns).collect().map_err(polars)?;
    }
    Ok(frame)
}

/// One column for each question and row: whether it is on the path that the extract states.
fn asked(frame: &DataFrame, edition: &Edition) -> Result<Vec<Column>, AnalysisError> {
    let paths = frame.column(extract::columns::PATH).map_err(polars)?.str().map_err(polars)?;
    // Paths are long and few: each distinct one is read once.
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut distinct: Vec<HashSet<&str>> = Vec::new();
    let mut of_row = Vec::with_capacity(frame.height());
    for path in paths.iter() {
        let path = path.unwrap_or_default();
        let index = *known.entry(path).or_insert_with(|| {
            distinct.push(path.split(';').collect());
            distinct.len() - 1
        });
        of_row.push(index);
    }
    let mut columns = Vec::new();
    for (question, definition) in edition.questionnaire.questions.iter().enumerate() {
        for row in std::iter::once(None).chain((0..definition.rows().len()).map(Some)) {
            // A place that only an earlier version had is in nobody's base.
            let place = place_name(edition, question, row);
            let is_in: Vec<bool> = distinct.iter().map(|path| path.contains(place.as_str())).collect();
            let asked: Vec<bool> = of_row.iter().map(|path| is_in[*path]).collect();
            columns.push(Column::new(asked_column(&place).into(), asked));
        }
    }
    Ok(columns)
}

/// The column of an item of a score.
pub(crate) fn item_name(edition: &Edition, question: QuestionIndex) -> String {
    format!("item.{}", edition.questionnaire.questions[question].code)
}

fn derived(edition: &Edition, index: DerivedIndex) -> Expr {
    col(edition.subject_name(Subject::Derived(index)))
}

fn rule(edition: &Edition, compiler: Compiler<'_>, rule: &DerivedRule) -> Result<Expr, AnalysisError> {
    Ok(match rule {
        DerivedRule::Cases(cases) => {
            let mut value = missing(DataType::String);
            for case in cases.iter().rev() {
                let given = match &case.value {
                    CaseValue::Category(category) => lit(category.as_str()),
                    CaseValue::Copy(subject) => compiler.category(*subject)?,
                };
                value = when(compiler.condition(&case.when)?).then(given).otherwise(value);
            }
            value
        }
        DerivedRule::Commune { question, attribute } => {
            commune(edition, compiler.category(Subject::Question(*question))?, *attribute)
        }
        DerivedRule::Flag { when: holds, unmeasured } => when(compiler.condition(unmeasured)?)
            .then(missing(DataType::Float64))
            .otherwise(as_number(compiler.condition(holds)?)),
        DerivedRule::Number(number) => compiler.number(number)?,
        DerivedRule::Sum(parts) => sum(parts
            .iter()
            .filter(|part| edition.derived[**part].categories.is_empty())
            .map(|part| derived(edition, *part).fill_null(lit(0.0)))),
        DerivedRule::Measured(parts) => {
            sum(parts.iter().map(|part| as_number(derived(edition, *part).is_not_null())))
        }
        DerivedRule::Score { items } => {
            let least = edition.scoring.least_items_share * items.len() as f64;
            mean_of(items.iter().map(|item| col(item_name(edition, *item))).collect(), least)
        }
        DerivedRule::Index { scores, at_least } => {
            mean_of(scores.iter().map(|score| derived(edition, *score)).collect(), *at_least as f64)
        }
    })
}

/// The mean of the numbers that are not missing, itself missing when there are fewer than `least`, or none.
fn mean_of(numbers: Vec<Expr>, least: f64) -> Expr {
    let measured = sum(numbers.iter().map(|number| as_number(number.clone().is_not_null())));
    let total = sum(numbers.into_iter().map(|number| number.fill_null(lit(0.0))));
    when(measured.clone().gt_eq(lit(least)).and(measured.clone().gt(lit(0.0))))
        .then(total / measured)
        .otherwise(missing(DataType::Float64))
}

/// The score of one item (`questionnaire.md`, section 2): an answer without points (`nsp`, `nc`) and a blank are
/// unmeasured, never zero.
fn item(
    edition: &Edition,
    compiler: Compiler<'_>,
    index: QuestionIndex,
    rule: ScoreRule,
) -> Result<Expr, AnalysisError> {
    let question = &edition.questionnaire.questions[index];
    let mut pointed: Vec<(String, f64)> =
        question.options().iter().filter_map(|option| Some((option.code.clone(), option.points?))).collect();
    let points_of = |answer: Expr| {
        pointed.iter().fold(missing(DataType::Float64), |otherwise, (code, points)| {
            when(is_one_of(&answer, std::slice::from_ref(code))).then(lit(*points)).otherwise(otherwise)
        })
    };
    Ok(match rule {
        ScoreRule::Single => points_of(compiler.category(Subject::Question(index))?),
        ScoreRule::MatrixMean => {
            let rows = (0..question.rows().len())
                .map(|row| Ok(points_of(compiler.category(Subject::Row(index, row))?)))
                .collect::<Result<Vec<_>, AnalysisError>>()?;
            mean_of(rows, 0.0)
        }
        ScoreRule::MultiCap100 => {
            let codes: Vec<String> = pointed.iter().map(|(code, _)| code.clone()).collect();
            let ticks = compiler.ticks(index, &codes)?;
            let total = sum(ticks
                .iter()
                .zip(&pointed)
                .map(|(tick, (_, points))| when(tick.clone()).then(lit(*points)).otherwise(lit(0.0))));
            let capped = when(total.clone().gt(lit(100.0))).then(lit(100.0)).otherwise(total);
            when(any(ticks)).then(capped).otherwise(missing(DataType::Float64))
        }
        ScoreRule::MultiMax => {
            // From the fewest points to the most: the last test that holds is outermost.
            pointed.sort_by(|(_, a), (_, b)| a.total_cmp(b));
            let codes: Vec<String> = pointed.iter().map(|(code, _)| code.clone()).collect();
            let ticks = compiler.ticks(index, &codes)?;
            ticks
                .into_iter()
                .zip(pointed)
                .fold(missing(DataType::Float64), |otherwise, (tick, (_, points))| {
                    when(tick).then(lit(points)).otherwise(otherwise)
                })
        }
    })
}

/// An attribute of a commune, looked up in the official list.
fn commune(edition: &Edition, code: Expr, attribute: CommuneAttribute) -> Expr {
    let list: Arc<BTreeMap<String, String>> = Arc::new(
        edition
            .nomenclatures
            .communes()
            .map(|commune| {
                let value = match attribute {
                    CommuneAttribute::Department => &commune.department,
                    CommuneAttribute::Region => &commune.region,
                    CommuneAttribute::Zone => &commune.zone,
                };
                (commune.code.clone(), value.clone())
            })
            .collect(),
    );
    code.map(
        move |column: Column| {
            let codes: &StringChunked = column.str()?;
            let values: Vec<Option<&str>> =
                codes.iter().map(|code| code.and_then(|code| list.get(code)).map(String::as_str)).collect();
            Ok(Series::new(column.name().clone(), values).into_column())
        },
        |_, field| Ok(Field::new(field.name().clone(), DataType::String)),
    )
}

/// The derived variables that a rule reads. The definition was checked to read earlier ones only.
fn read_by(rule: &DerivedRule) -> Vec<DerivedIndex> {
    let mut read = Vec::new();
    match rule {
        DerivedRule::Cases(cases) => {
            for case in cases {
                condition_reads(&case.when, &mut read);
                if let CaseValue::Copy(subject) = &case.value {
                    subject_reads(*subject, &mut read);
                }
            }
        }
        DerivedRule::Flag { when, unmeasured } => {
            condition_reads(when, &mut read);
            condition_reads(unmeasured, &mut read);
        }
        DerivedRule::Number(number) => number_reads(number, &mut read),
        DerivedRule::Sum(parts) | DerivedRule::Measured(parts) => read.extend(parts),
        DerivedRule::Index { scores, .. } => read.extend(scores),
        DerivedRule::Commune { .. } | DerivedRule::Score { .. } => {}
    }
    read
}

fn condition_reads(condition: &Condition, read: &mut Vec<DerivedIndex>) {
    match condition {
        Condition::In(subject, _) | Condition::Measured(subject) => subject_reads(*subject, read),
        Condition::Compare(left, _, right) => {
            number_reads(left, read);
            number_reads(right, read);
        }
        Condition::Not(inner) => condition_reads(inner, read),
        Condition::And(left, right) | Condition::Or(left, right) => {
            condition_reads(left, read);
            condition_reads(right, read);
        }
        Condition::Constant(_) | Condition::HasAny(..) | Condition::HasAll(..) | Condition::Asked(..) => {}
    }
}

fn subject_reads(subject: Subject, read: &mut Vec<DerivedIndex>) {
    if let Subject::Derived(index) = subject {
        read.push(index);
    }
}

fn number_reads(number: &Number, read: &mut Vec<DerivedIndex>) {
    if let Number::Variable(subject) = number {
        subject_reads(*subject, read);
    }
}
