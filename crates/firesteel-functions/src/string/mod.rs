//! Text functions. Positions and lengths count code points.

use firesteel_expr::function::ScalarFunction;

mod case;
mod concat_ws;
mod hex;
mod length;
mod pad;
pub(crate) mod regexp;
mod replace;
mod search;
mod split_part;
mod substring;
mod trim;

pub(crate) const ALL: &[ScalarFunction] = &[
    case::UPPER,
    case::LOWER,
    case::INITCAP,
    concat_ws::CONCAT_WS,
    hex::HEX,
    hex::UNHEX,
    length::LENGTH,
    length::OCTET_LENGTH,
    length::BIT_LENGTH,
    length::ASCII,
    length::CHR,
    pad::LPAD,
    pad::RPAD,
    pad::REPEAT,
    pad::SPACE,
    regexp::REGEXP_REPLACE,
    regexp::REGEXP_EXTRACT,
    regexp::REGEXP_COUNT,
    regexp::REGEXP_INSTR,
    regexp::REGEXP_SUBSTR,
    regexp::SPLIT,
    replace::REPLACE,
    replace::TRANSLATE,
    replace::REVERSE,
    search::INSTR,
    search::LOCATE,
    search::STARTSWITH,
    search::ENDSWITH,
    search::CONTAINS,
    split_part::SPLIT_PART,
    split_part::SUBSTRING_INDEX,
    substring::SUBSTRING,
    substring::LEFT,
    substring::RIGHT,
    trim::TRIM,
    trim::LTRIM,
    trim::RTRIM,
    trim::BTRIM,
];
