//! `sentences`: a text as sentences of words, by Unicode's rules for both.

use std::sync::Arc;

use arrow::array::{ListBuilder, StringViewBuilder};
use arrow::datatypes::Field;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use unicode_segmentation::UnicodeSegmentation;

use crate::rows::Texts;

pub(super) const SENTENCES: ScalarFunction = ScalarFunction {
    name: "sentences",
    signature: Signature::OneOf(&[
        &[Param::String],
        &[Param::String, Param::String],
        &[Param::String, Param::String, Param::String],
    ]),
    returns: |_| Ok(SqlType::array(SqlType::array(SqlType::STRING, false), false)),
    // A language that is NULL is the default one.
    nullability: Nullability::Custom(|args| args[0].nullable()),
    kernel: Kernel::Batch(sentences),
    doc: Doc {
        usage: "sentences(str[, lang[, country]]) - Splits `str` into an array of array of words. The same rules hold for \
                all languages.",
        since: "2.0.0",
        examples: &[
            ("SELECT sentences('Hi there! Good morning.')", "[[\"Hi\",\"there\"],[\"Good\",\"morning\"]]"),
            ("SELECT sentences('Hi there! Good morning.', 'en')", "[[\"Hi\",\"there\"],[\"Good\",\"morning\"]]"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn sentences(args: &KernelArgs<'_>) -> Result<Column> {
    let texts = Texts::of(args, 0)?;
    let word = Arc::new(Field::new("element", SqlType::STRING.to_arrow(), false));
    let sentence = SqlType::array(SqlType::STRING, false).to_arrow();
    let words = ListBuilder::new(StringViewBuilder::new()).with_field(word);
    let mut lists = ListBuilder::new(words).with_field(Arc::new(Field::new("element", sentence, false)));
    for row in 0..args.rows {
        let Some(text) = texts.get(row) else {
            lists.append(false);
            continue;
        };
        for sentence in text.unicode_sentences() {
            for word in sentence.unicode_words() {
                lists.values().values().append_value(word);
            }
            lists.values().append(true);
        }
        lists.append(true);
    }
    Ok(Column::Array(Arc::new(lists.finish())))
}
