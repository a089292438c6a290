//! Frames: `ROWS | RANGE BETWEEN … AND …`.
//!
//! ```text
//! ROWS  2 PRECEDING    rows: −2                  RANGE 5 PRECEDING, ordered by x         values from x − 5
//! ROWS  1 FOLLOWING    rows: +1                  RANGE 5 PRECEDING, ordered by x DESC    values from x + 5
//! ```

use firesteel_common::{Result, SqlType, bail, error};
use firesteel_expr::window::{Bound, Frame};
use firesteel_expr::{CastMode, Expr, ExprRef, cast, eval, registry};
use firesteel_plan::logical::SortKey;
use firesteel_plan::parsed::{self, ExprKind, FrameBound, FrameUnits};

use crate::expr::{Clause, Resolver};

/// A frame that was written out.
pub(crate) struct WrittenFrame {
    pub(crate) frame: Frame,
    /// As Spark writes it: `ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`.
    pub(crate) text: String,
    /// As Spark's trees print it.
    pub(crate) internal: String,
}

/// One end, resolved.
enum End<'q> {
    /// What has no value.
    Special(&'q FrameBound),
    Offset {
        /// Positive for FOLLOWING, negative for PRECEDING.
        signed: ExprRef,
        before: bool,
        offset: ExprRef,
        /// The text that Spark gives to the signed offset.
        signed_text: String,
        text: String,
        /// Whether the offset was cast to the order key's type; then the text shows it signed.
        cast: bool,
    },
}

impl End<'_> {
    fn text(&self) -> String {
        match self {
            End::Special(FrameBound::UnboundedPreceding) => "UNBOUNDED PRECEDING".to_owned(),
            End::Special(FrameBound::UnboundedFollowing) => "UNBOUNDED FOLLOWING".to_owned(),
            End::Special(_) => "CURRENT ROW".to_owned(),
            End::Offset { before: true, cast: false, text, .. } => format!("{text} PRECEDING"),
            End::Offset { signed_text, .. } => format!("{signed_text} FOLLOWING"),
        }
    }

    /// As an operand.
    fn operand_text(&self) -> String {
        match self {
            End::Offset { signed_text, .. } => signed_text.clone(),
            special => special.text(),
        }
    }

    fn internal(&self) -> String {
        match self {
            End::Special(FrameBound::UnboundedPreceding) => "unboundedpreceding$()".to_owned(),
            End::Special(FrameBound::UnboundedFollowing) => "unboundedfollowing$()".to_owned(),
            End::Special(_) => "currentrow$()".to_owned(),
            End::Offset { before: true, text, .. } => format!("-{text}"),
            End::Offset { text, .. } => text.clone(),
        }
    }

    fn data_type(&self) -> Option<&SqlType> {
        match self {
            End::Special(_) => None,
            End::Offset { signed, .. } => Some(signed.data_type()),
        }
    }
}

impl Resolver<'_, '_> {
    /// `keys_text`: PARTITION BY and ORDER BY, for messages.
    pub(crate) fn frame(&self, written: &parsed::Frame, order_by: &[SortKey], keys_text: &str) -> Result<WrittenFrame> {
        let key = match (written.units, order_by) {
            (FrameUnits::Range, [key]) => Some(key),
            _ => None,
        };
        let (start, end) = (self.frame_end(&written.start, key)?, self.frame_end(&written.end, key)?);
        let units = match written.units {
            FrameUnits::Rows => "ROWS",
            FrameUnits::Range => "RANGE",
        };
        let text = format!("{units} BETWEEN {} AND {}", start.text(), end.text());
        self.check_frame(written.units, &start, &end, &format!("\"{text}\""))?;
        let spec_text = || match keys_text {
            "" => format!("\"({text})\""),
            keys => format!("\"({keys} {text})\""),
        };
        if written.units == FrameUnits::Range {
            self.check_range(&start, &end, order_by, &spec_text)?;
        }
        let frame =
            Frame { start: self.bound(written.units, &start, key)?, end: self.bound(written.units, &end, key)? };
        let kind = if written.units == FrameUnits::Rows { "RowFrame" } else { "RangeFrame" };
        let internal = format!("specifiedwindowframe({kind}, {}, {})", start.internal(), end.internal());
        Ok(WrittenFrame { frame, text, internal })
    }

    /// `key`: the one order key of a RANGE frame, to whose type the offset is cast unless it is a date or a timestamp.
    fn frame_end<'q>(&self, bound: &'q FrameBound, key: Option<&SortKey>) -> Result<End<'q>> {
        let (written, before) = match bound {
            FrameBound::Preceding(written) => (written, true),
            FrameBound::Following(written) => (written, false),
            special => return Ok(End::Special(special)),
        };
        if !is_literal(written) {
            return Err(error!(INVALID_WINDOW_FRAME_BOUND).at(written.span));
        }
        let constant = Resolver { clause: Clause::Other("a frame"), aggregates: None, windows: None, ..self.clone() };
        let offset = constant.resolve(written)?;
        let text = self.name_of(written);
        let wanted = key.map(|key| key.expr.data_type()).filter(|wanted| {
            !wanted.is_datetime() && *wanted != offset.data_type() && cast::is_allowed(offset.data_type(), wanted)
        });
        let (offset, cast) = match wanted {
            // Spark negates a string as a DOUBLE before it casts it.
            Some(wanted) if before && offset.data_type().is_string() && !wanted.is_string() => {
                let number = Expr::cast(offset, SqlType::Double, CastMode::Ansi).written_at(written.span);
                (Expr::cast(number, wanted.clone(), CastMode::Ansi).written_at(written.span), true)
            }
            Some(wanted) => (Expr::cast(offset, wanted.clone(), CastMode::Ansi).written_at(written.span), true),
            None => (offset, false),
        };
        let (signed, signed_text) = match before {
            true if negates(offset.data_type()) => {
                (registry::call("negative", vec![offset.clone()])?, format!("(- {text})"))
            }
            true => (offset.clone(), format!("(- {text})")),
            false => (offset.clone(), text.clone()),
        };
        Ok(End::Offset { signed, before, offset, signed_text, text, cast })
    }

    fn check_frame(&self, units: FrameUnits, start: &End<'_>, end: &End<'_>, text: &str) -> Result<()> {
        for (bound, location) in [(start, "lower"), (end, "upper")] {
            let Some(data_type) = bound.data_type() else { continue };
            let (fits, expected) = match units {
                FrameUnits::Rows => (*data_type == SqlType::Int, "\"INT\""),
                FrameUnits::Range => (
                    negates(data_type),
                    "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")",
                ),
            };
            if !fits {
                bail!(
                    SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE,
                    sqlExpr = text,
                    location = location,
                    exprType = data_type.quoted_sql(),
                    expectedType = expected
                );
            }
        }
        let quoted = |end: &End<'_>| format!("\"{}\"", end.operand_text());
        if matches!(start, End::Special(FrameBound::UnboundedFollowing))
            || matches!(end, End::Special(FrameBound::UnboundedPreceding))
        {
            bail!(SPECIFIED_WINDOW_FRAME_INVALID_BOUND, sqlExpr = text, lower = quoted(start), upper = quoted(end));
        }
        let (End::Offset { signed: lower, .. }, End::Offset { signed: upper, .. }) = (start, end) else {
            return Ok(());
        };
        if lower.data_type() != upper.data_type() {
            bail!(
                SPECIFIED_WINDOW_FRAME_DIFF_TYPES,
                sqlExpr = text,
                lower = quoted(start),
                upper = quoted(end),
                lowerType = lower.data_type().quoted_sql(),
                upperType = upper.data_type().quoted_sql()
            );
        }
        if *lower.data_type() != SqlType::CalendarInterval {
            let greater = registry::call(">", vec![lower.clone(), upper.clone()])?;
            if eval::evaluate_constant(&greater, &self.analyzer.context.eval)?.as_boolean() == Some(true) {
                bail!(SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON, sqlExpr = text, comparison = "less than or equal");
            }
        }
        Ok(())
    }

    fn check_range(
        &self,
        start: &End<'_>,
        end: &End<'_>,
        order_by: &[SortKey],
        spec_text: &dyn Fn() -> String,
    ) -> Result<()> {
        let whole = matches!(start, End::Special(FrameBound::UnboundedPreceding))
            && matches!(end, End::Special(FrameBound::UnboundedFollowing));
        if order_by.is_empty() && !whole {
            bail!(RANGE_FRAME_WITHOUT_ORDER, sqlExpr = spec_text());
        }
        let Some(offset_type) = start.data_type().or(end.data_type()) else { return Ok(()) };
        let [key] = order_by else {
            let key = |key: &SortKey| {
                let direction = if key.descending { "DESC" } else { "ASC" };
                let nulls = if key.nulls_first { "FIRST" } else { "LAST" };
                format!("{} {direction} NULLS {nulls}", key.expr.display(self.analyzer.ids()))
            };
            let keys: Vec<_> = order_by.iter().map(key).collect();
            bail!(RANGE_FRAME_MULTI_ORDER, sqlExpr = spec_text(), orderSpec = keys.join(","));
        };
        if !moves(key.expr.data_type(), offset_type) {
            bail!(
                RANGE_FRAME_INVALID_TYPE,
                sqlExpr = spec_text(),
                orderSpecType = key.expr.data_type().quoted_sql(),
                valueBoundaryType = offset_type.quoted_sql()
            );
        }
        Ok(())
    }

    fn bound(&self, units: FrameUnits, end: &End<'_>, key: Option<&SortKey>) -> Result<Bound> {
        let (signed, before, offset) = match end {
            End::Special(FrameBound::CurrentRow) if units == FrameUnits::Range => return Ok(Bound::Peers),
            End::Special(FrameBound::CurrentRow) => return Ok(Bound::Rows(0)),
            End::Special(_) => return Ok(Bound::Unbounded),
            End::Offset { signed, before, offset, .. } => (signed, *before, offset),
        };
        let value = |expr: &ExprRef| eval::evaluate_constant(expr, &self.analyzer.context.eval);
        let Some(key) = key else {
            return Ok(Bound::Rows(value(signed)?.as_integer().unwrap_or(0)));
        };
        // Evaluated once: a mistake in it is the user's, and no row's.
        let offset = Expr::literal(value(offset)?);
        let operator = if before == key.descending { "+" } else { "-" };
        let moved = registry::call(operator, vec![key.expr.clone(), offset])?;
        Ok(Bound::Value(as_key(moved, key.expr.data_type())))
    }
}

/// Literals, and what is computed of them: known when the text is read.
fn is_literal(written: &parsed::Expr) -> bool {
    match &written.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Unary { operand, .. } | ExprKind::Cast { operand, .. } => is_literal(operand),
        ExprKind::Binary { first, rest } => is_literal(first) && rest.iter().all(|(_, operand)| is_literal(operand)),
        _ => false,
    }
}

/// Decimals keep their wider type: values compare all the same.
fn as_key(moved: ExprRef, key: &SqlType) -> ExprRef {
    match (moved.data_type(), key) {
        (SqlType::Decimal { scale, .. }, SqlType::Decimal { scale: wanted, .. }) if scale == wanted => moved,
        (from, to) if from.to_arrow() == to.to_arrow() => moved,
        _ => Expr::cast(moved, key.clone(), CastMode::Try),
    }
}

/// Whether values of the type can be offsets of RANGE.
fn negates(data_type: &SqlType) -> bool {
    data_type.is_numeric() || data_type.is_ansi_interval() || *data_type == SqlType::CalendarInterval
}

/// Whether an order key of the type can be moved by such an offset.
fn moves(key: &SqlType, offset: &SqlType) -> bool {
    use firesteel_common::types::DayTimeField::Day;
    match (key, offset) {
        (SqlType::Date, SqlType::Int | SqlType::YearMonthInterval(..) | SqlType::DayTimeInterval(Day, Day)) => true,
        (SqlType::Timestamp | SqlType::TimestampNtz, offset) => {
            offset.is_ansi_interval() || *offset == SqlType::CalendarInterval
        }
        (key, offset) => key == offset,
    }
}
