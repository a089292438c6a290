//! Types as written in CAST and column definitions → [`SqlType`].

use std::sync::Arc;

use firesteel_common::types::{Collation, DayTimeField, StructField, YearMonthField};
use firesteel_common::{Error, Result, SqlType, error};

use super::Parser;

impl Parser<'_> {
    pub(crate) fn data_type(&mut self) -> Result<SqlType> {
        self.deeper(Self::data_type_inner)
    }

    fn data_type_inner(&mut self) -> Result<SqlType> {
        let start = self.at;
        let name = self.ident()?.value.to_ascii_uppercase();
        Ok(match name.as_str() {
            "BOOLEAN" => SqlType::Boolean,
            "TINYINT" | "BYTE" => SqlType::TinyInt,
            "SMALLINT" | "SHORT" => SqlType::SmallInt,
            "INT" | "INTEGER" => SqlType::Int,
            "BIGINT" | "LONG" => SqlType::BigInt,
            "FLOAT" | "REAL" => SqlType::Float,
            "DOUBLE" => SqlType::Double,
            "DECIMAL" | "DEC" | "NUMERIC" => self.decimal_type(start)?,
            "STRING" => self.string_type(start)?,
            "CHAR" | "CHARACTER" => SqlType::Char(self.type_length(start, &name)?),
            "VARCHAR" => SqlType::Varchar(self.type_length(start, &name)?),
            "BINARY" => SqlType::Binary,
            "DATE" => SqlType::Date,
            "TIME" => self.time_type(start)?,
            "TIMESTAMP" | "TIMESTAMP_LTZ" => SqlType::Timestamp,
            "TIMESTAMP_NTZ" => SqlType::TimestampNtz,
            "VOID" => SqlType::Void,
            "VARIANT" => SqlType::Variant,
            "INTERVAL" => self.interval_type()?,
            "ARRAY" => {
                self.expect_open(start, "ARRAY")?;
                let element = self.data_type()?;
                self.expect_symbol(">")?;
                SqlType::array(element, true)
            }
            "MAP" => {
                self.expect_open(start, "MAP")?;
                let key = self.data_type()?;
                self.expect_symbol(",")?;
                let value = self.data_type()?;
                self.expect_symbol(">")?;
                SqlType::map(key, value, true)
            }
            "STRUCT" => self.struct_type(start)?,
            _ => return Err(self.no_such_type(start)),
        })
    }

    fn no_such_type(&mut self, start: usize) -> Error {
        let written = self.slice(self.since(start)).to_uppercase();
        error!(UNSUPPORTED_DATATYPE, typeName = format!("\"{written}\"")).at(self.since(start))
    }

    /// The `<` of a nested type; `ARRAY` alone is incomplete.
    fn expect_open(&mut self, start: usize, what: &str) -> Result<()> {
        if self.symbol("<") {
            return Ok(());
        }
        let hint = if what == "MAP" { "MAP<STRING, INT>" } else { "ARRAY<INT>" };
        let hint = if what == "STRUCT" { "STRUCT<a: INT>" } else { hint };
        Err(self.unexpected_with(&format!(": {what} needs its element type, such as {hint}")).at(self.since(start)))
    }

    fn decimal_type(&mut self, start: usize) -> Result<SqlType> {
        if !self.symbol("(") {
            return Ok(SqlType::DECIMAL_USER_DEFAULT);
        }
        let precision = self.expect_u64()?;
        let scale = if self.symbol(",") { self.expect_u64()? } else { 0 };
        self.expect_symbol(")")?;
        let max = SqlType::DECIMAL_PRECISION_MAX;
        if precision > u64::from(max) {
            return Err(error!(
                DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION,
                precision = precision.to_string(),
                maxPrecision = max.to_string()
            )
            .at(self.since(start)));
        }
        if scale > precision {
            let (precision, scale) = (precision.to_string(), scale.to_string());
            return Err(
                error!(DECIMAL_SCALE_EXCEEDS_PRECISION, precision = precision, scale = scale).at(self.since(start))
            );
        }
        if precision == 0 {
            return Err(self.no_such_type(start));
        }
        Ok(SqlType::decimal(precision as u8, scale as i8))
    }

    fn string_type(&mut self, start: usize) -> Result<SqlType> {
        if !self.word("COLLATE") {
            return Ok(SqlType::STRING);
        }
        let collation = self.name()?;
        if collation.last().eq_ignore_ascii_case("UTF8_BINARY") {
            return Ok(SqlType::String(Collation::UTF8_BINARY));
        }
        Err(self.unsupported(format!("collation {}", collation.last()), start))
    }

    fn type_length(&mut self, start: usize, name: &str) -> Result<u32> {
        if !self.is_symbol("(") {
            let example = format!(": {name} needs a length, such as {name}(10)");
            return Err(self.unexpected_with(&example).at(self.since(start)));
        }
        self.expect_symbol("(")?;
        let length = self.expect_u64()?;
        self.expect_symbol(")")?;
        u32::try_from(length).map_err(|_| self.no_such_type(start))
    }

    fn time_type(&mut self, start: usize) -> Result<SqlType> {
        if !self.symbol("(") {
            return Ok(SqlType::Time(6));
        }
        let precision = self.expect_u64()?;
        self.expect_symbol(")")?;
        if precision > 6 { Err(self.no_such_type(start)) } else { Ok(SqlType::Time(precision as u8)) }
    }

    /// After INTERVAL: `YEAR`, `YEAR TO MONTH`, `DAY TO SECOND`, … or nothing.
    fn interval_type(&mut self) -> Result<SqlType> {
        let start = self.at;
        if let Some(from) = self.year_month_field() {
            let to = if self.word("TO") { self.year_month_field().ok_or_else(|| self.unexpected())? } else { from };
            return if from <= to { Ok(SqlType::YearMonthInterval(from, to)) } else { Err(self.no_such_type(start)) };
        }
        if let Some(from) = self.day_time_field() {
            let to = if self.word("TO") { self.day_time_field().ok_or_else(|| self.unexpected())? } else { from };
            return if from <= to { Ok(SqlType::DayTimeInterval(from, to)) } else { Err(self.no_such_type(start)) };
        }
        Ok(SqlType::CalendarInterval)
    }

    fn year_month_field(&mut self) -> Option<YearMonthField> {
        let fields = [("YEAR", YearMonthField::Year), ("MONTH", YearMonthField::Month)];
        fields.into_iter().find(|(word, _)| self.word(word)).map(|(_, field)| field)
    }

    fn day_time_field(&mut self) -> Option<DayTimeField> {
        let fields = [
            ("DAY", DayTimeField::Day),
            ("HOUR", DayTimeField::Hour),
            ("MINUTE", DayTimeField::Minute),
            ("SECOND", DayTimeField::Second),
        ];
        fields.into_iter().find(|(word, _)| self.word(word)).map(|(_, field)| field)
    }

    /// `STRUCT<a: INT, b STRING NOT NULL COMMENT '…'>`; `STRUCT<>` lexes as one operator.
    fn struct_type(&mut self, start: usize) -> Result<SqlType> {
        if self.symbol("<>") {
            return Ok(SqlType::Struct(Arc::from([])));
        }
        self.expect_open(start, "STRUCT")?;
        let mut fields = Vec::new();
        if !self.is_symbol(">") {
            fields = self.comma_list(Self::struct_field)?;
        }
        self.expect_symbol(">")?;
        Ok(SqlType::Struct(fields.into()))
    }

    fn struct_field(&mut self) -> Result<StructField> {
        let name = self.ident()?;
        self.symbol(":");
        let data_type = self.data_type()?;
        let nullable = !self.words(&["NOT", "NULL"]);
        if self.word("COMMENT") {
            self.expect_string()?;
        }
        Ok(StructField { name: name.value.into(), data_type, nullable })
    }
}
