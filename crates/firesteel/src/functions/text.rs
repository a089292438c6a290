//! Functions of text and bytes.

use super::{functions, variadic};
use crate::column::Column;
use crate::column::value::{IntoColumns, IntoValue};

functions! {
    ascii(column);
    base64(column);
    bit_length(column);
    btrim(column);
    char(column);
    char_length(column);
    character_length(column);
    collation(column);
    contains(column | part);
    decode(column | charset);
    encode(column | charset);
    endswith(column | suffix);
    find_in_set(column, list);
    format_number(column | decimals);
    initcap(column);
    instr(column | part);
    is_valid_utf8(column);
    lcase(column);
    left(column | length);
    length(column);
    len(column);
    levenshtein(left, right);
    locate(| part, column);
    lower(column);
    lpad(column | length, pad);
    ltrim(column);
    luhn_check(column);
    mask(column);
    octet_length(column);
    overlay(column, by | position, length);
    parse_url(column | part);
    position(| part, column);
    quote(column);
    regexp_count(column | pattern);
    regexp_extract(column | pattern, group);
    regexp_extract_all(column | pattern, group);
    regexp_instr(column | pattern);
    regexp_like(column | pattern);
    regexp_replace(column | pattern, by);
    regexp_substr(column | pattern);
    repeat(column | times);
    replace(column | part, by);
    reverse(column);
    right(column | length);
    rpad(column | length, pad);
    rtrim(column);
    sentences(column);
    soundex(column);
    space(column);
    split(column | pattern, limit);
    split_part(column | delimiter, part);
    startswith(column | prefix);
    substr(column | start, length);
    substring(column | start, length);
    substring_index(column | delimiter, count);
    to_binary(column | format);
    to_char(column | format);
    to_number(column | format);
    to_varchar(column | format);
    translate(column | from, to);
    trim(column);
    try_to_binary(column | format);
    try_to_number(column | format);
    ucase(column);
    unbase64(column);
    upper(column);
    url_decode(column);
    url_encode(column);
    validate_utf8(column);
}

variadic! {
    concat;
}

/// The columns' texts with a separator between them; NULLs are left out.
pub fn concat_ws(separator: impl IntoValue, columns: impl IntoColumns) -> Column {
    let columns = std::iter::once(separator.into_value()).chain(columns.into_columns());
    Column::call("concat_ws", columns.collect())
}

/// Text by a pattern such as `%s has %d`.
pub fn format_string(format: impl IntoValue, columns: impl IntoColumns) -> Column {
    let columns = std::iter::once(format.into_value()).chain(columns.into_columns());
    Column::call("format_string", columns.collect())
}
