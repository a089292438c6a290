//! Text functions. Positions and lengths count code points.

use firesteel_expr::function::ScalarFunction;

mod base64;
mod case;
mod charset;
mod checks;
mod choice;
mod concat_ws;
mod distance;
mod format_number;
mod format_string;
mod hex;
mod length;
mod mask;
mod number_pattern;
mod overlay;
mod pad;
pub(crate) mod regexp;
mod replace;
mod search;
mod sentences;
mod split_part;
mod substring;
mod to_char;
mod trim;
mod url;
mod utf8;

pub(crate) const ALL: &[ScalarFunction] = &[
    base64::BASE64,
    base64::UNBASE64,
    base64::TO_BINARY,
    base64::TRY_TO_BINARY,
    base64::TEXT_TO_BINARY,
    base64::TRY_TEXT_TO_BINARY,
    case::UPPER,
    case::LOWER,
    case::INITCAP,
    charset::ENCODE,
    charset::DECODE,
    charset::DECODE_BYTES,
    checks::LUHN_CHECK,
    checks::QUOTE,
    choice::ELT,
    choice::FIND_IN_SET,
    concat_ws::CONCAT_WS,
    distance::LEVENSHTEIN,
    distance::SOUNDEX,
    format_number::FORMAT_NUMBER,
    format_string::FORMAT_STRING,
    hex::HEX,
    hex::UNHEX,
    length::LENGTH,
    length::OCTET_LENGTH,
    length::BIT_LENGTH,
    length::ASCII,
    length::CHR,
    mask::MASK,
    overlay::OVERLAY,
    pad::LPAD,
    pad::RPAD,
    pad::REPEAT,
    pad::SPACE,
    regexp::REGEXP_REPLACE,
    regexp::REGEXP_EXTRACT,
    regexp::REGEXP_EXTRACT_ALL,
    regexp::REGEXP_COUNT,
    regexp::REGEXP_INSTR,
    regexp::REGEXP_SUBSTR,
    regexp::SPLIT,
    replace::REPLACE,
    replace::TRANSLATE,
    search::INSTR,
    search::LOCATE,
    search::STARTSWITH,
    search::ENDSWITH,
    search::CONTAINS,
    sentences::SENTENCES,
    split_part::SPLIT_PART,
    split_part::SUBSTRING_INDEX,
    substring::SUBSTRING,
    substring::LEFT,
    substring::RIGHT,
    to_char::TO_CHAR,
    to_char::NUMBER_TO_CHAR,
    to_char::TO_NUMBER,
    to_char::TRY_TO_NUMBER,
    trim::TRIM,
    trim::LTRIM,
    trim::RTRIM,
    trim::BTRIM,
    url::PARSE_URL,
    url::TRY_PARSE_URL,
    url::URL_ENCODE,
    url::URL_DECODE,
    url::TRY_URL_DECODE,
    utf8::IS_VALID_UTF8,
    utf8::MAKE_VALID_UTF8,
    utf8::VALIDATE_UTF8,
    utf8::TRY_VALIDATE_UTF8,
];
