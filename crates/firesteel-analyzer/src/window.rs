//! Functions over windows: `f(…) OVER (…)`, and where their columns come from.
//!
//! ```text
//! SELECT a, sum(b) OVER (PARTITION BY a) + 1 …  ──▶  Project [a, w + 1] over Window [sum(b) AS w], [a] over …
//! ```
//! Calls are gathered while the clauses are resolved, as aggregates are; then calls of equal partitions and order share one
//! node, and calls over other calls' results get a node above theirs. `window_frame` has the frames.

use std::borrow::Cow;
use std::cell::RefCell;

use firesteel_common::names::quote;
use firesteel_common::{ColumnId, Result, Span, SqlType, bail, error};
use firesteel_expr::window::{
    Bound, Frame, Place, Ranking, WindowCall, WindowDescriptor, WindowFunction, WindowKind, function,
};
use firesteel_expr::{CastMode, Expr, ExprRef, Literal, coerce, eval, registry};
use firesteel_plan::logical::{Node, SortKey, Window};
use firesteel_plan::parsed::{self, FunctionCall, NamedWindow, NullTreatment, Select, WindowSpec};
use firesteel_plan::{LogicalPlan, PlanRef};
use hashbrown::HashMap;

use crate::expr::{Clause, Resolver};
use crate::projection::{self, Item};
use crate::window_frame::WrittenFrame;
use crate::{errors, order, unsupported};

/// The windows of one SELECT.
pub(crate) struct Windows<'q> {
    named: &'q [NamedWindow],
    pub(crate) calls: RefCell<Vec<Windowed>>,
}

/// A call with its window, over the columns of FROM, ids of items, and other calls' columns.
pub(crate) struct Windowed {
    pub(crate) id: ColumnId,
    pub(crate) span: Span,
    partition_by: Vec<ExprRef>,
    order_by: Vec<SortKey>,
    call: WindowCall,
}

impl Windowed {
    /// Puts other expressions in the place of all of the call's.
    pub(crate) fn rewrite(&mut self, map: &mut dyn FnMut(&ExprRef) -> Result<ExprRef>) -> Result<()> {
        for expr in self.partition_by.iter_mut().chain(self.order_by.iter_mut().map(|key| &mut key.expr)) {
            *expr = map(expr)?;
        }
        self.call = self.call.map_inputs(map)?;
        Ok(())
    }

    fn expressions(&self) -> impl Iterator<Item = &ExprRef> {
        let keys = self.partition_by.iter().chain(self.order_by.iter().map(|key| &key.expr));
        keys.chain(self.call.inputs())
    }
}

impl<'q> Windows<'q> {
    /// Refuses a WINDOW clause that makes no sense.
    pub(crate) fn new(select: &'q Select) -> Result<Self> {
        let named = select.windows.as_slice();
        for (at, window) in named.iter().enumerate() {
            let name = &window.name.value;
            if named[..at].iter().any(|other| other.name.value == *name) {
                bail!(REPETITIVE_WINDOW_DEFINITION, windowName = quote(name));
            }
            let Some(base) = window.spec.base.as_ref().filter(|_| is_reference(&window.spec)) else { continue };
            match named.iter().find(|other| other.name.value == base.value) {
                None => bail!(UNRESOLVED_WINDOW_REFERENCE, windowName = quote(&base.value)),
                Some(other) if is_reference(&other.spec) => {
                    bail!(INVALID_WINDOW_REFERENCE, windowName = quote(&base.value))
                }
                Some(_) => {}
            }
        }
        Ok(Self { named, calls: RefCell::default() })
    }

    fn named(&self, name: &parsed::Ident) -> Result<&'q WindowSpec> {
        let found = self.named.iter().find(|window| window.name.value == name.value);
        found.map(|window| &window.spec).ok_or_else(|| {
            let docroot = "https://spark.apache.org/docs/latest";
            error!(MISSING_WINDOW_SPECIFICATION, windowName = name.value.clone(), docroot = docroot).at(name.span)
        })
    }

    /// What stands behind OVER, named windows spelled out.
    fn spec<'w>(&self, window: &'w parsed::Window) -> Result<Cow<'w, WindowSpec>>
    where
        'q: 'w,
    {
        match window {
            parsed::Window::Named(name) => self.spelled_out(self.named(name)?, self.named.len()),
            parsed::Window::Spec(spec) => self.spelled_out(spec, self.named.len()),
        }
    }

    /// A window adds to its base what that does not say. `depth`: bases go no deeper than there are names.
    fn spelled_out<'w>(&self, spec: &'w WindowSpec, depth: usize) -> Result<Cow<'w, WindowSpec>>
    where
        'q: 'w,
    {
        let Some(name) = &spec.base else { return Ok(Cow::Borrowed(spec)) };
        if depth == 0 {
            return Err(error!(INVALID_WINDOW_REFERENCE, windowName = quote(&name.value)).at(name.span));
        }
        let base = self.spelled_out(self.named(name)?, depth - 1)?;
        if is_reference(spec) {
            return Ok(base);
        }
        let repeated = match () {
            () if !spec.partition_by.is_empty() => Some("PARTITION BY"),
            () if !spec.order_by.is_empty() && !base.order_by.is_empty() => Some("a second ORDER BY"),
            () if base.frame.is_some() => Some("anything beside a frame"),
            () => None,
        };
        if let Some(what) = repeated {
            return Err(unsupported(format!("{what} in a window over the window {}", name.value), spec.span));
        }
        let order_by = if spec.order_by.is_empty() { base.order_by.clone() } else { spec.order_by.clone() };
        let (partition_by, frame) = (base.partition_by.clone(), spec.frame.clone());
        Ok(Cow::Owned(WindowSpec { span: spec.span, base: None, partition_by, order_by, frame }))
    }
}

/// `w`, `(w)`: nothing but a name.
fn is_reference(spec: &WindowSpec) -> bool {
    spec.base.is_some() && spec.partition_by.is_empty() && spec.order_by.is_empty() && spec.frame.is_none()
}

/// What stands behind OVER, resolved.
struct Over {
    partition_by: Vec<ExprRef>,
    order_by: Vec<SortKey>,
    frame: Option<WrittenFrame>,
    /// PARTITION BY and ORDER BY as Spark writes them.
    keys_text: String,
}

impl Over {
    /// The frame, or what it is when nobody says.
    fn frame_or_default(&self) -> (Frame, &str) {
        match &self.frame {
            Some(written) => (written.frame.clone(), &written.text),
            None if self.order_by.is_empty() => {
                (Frame::WHOLE, "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING")
            }
            None => {
                let frame = Frame { start: Bound::Unbounded, end: Bound::Peers };
                (frame, "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW")
            }
        }
    }

    fn text(&self, frame: &str) -> String {
        match self.keys_text.as_str() {
            "" => format!("({frame})"),
            keys => format!("({keys} {frame})"),
        }
    }
}

impl Resolver<'_, '_> {
    /// `f(…) OVER …`
    pub(crate) fn windowed(
        &self,
        call: &FunctionCall,
        window: &parsed::Window,
        expr: &parsed::Expr,
    ) -> Result<ExprRef> {
        let Some(windows) = self.windows else { return Err(self.misplaced_window(expr)) };
        let inside = Resolver { clause: Clause::Other("a window"), argument_scopes: None, ..self.clone() };
        let spec = windows.spec(window)?;
        let over = inside.over(&spec)?;
        let (function, frame, frame_text) = inside.window_function(call, &over, expr)?;
        let over_text = over.text(&frame_text);
        self.over_texts.borrow_mut().insert(expr.span, over_text);
        let exprs = over.partition_by.iter().chain(over.order_by.iter().map(|key| &key.expr));
        let (data_type, nullable) = result_of(&function);
        let call = WindowCall { function, frame, data_type: data_type.clone(), nullable };
        if let Some(alias) = self.lateral_alias(exprs.chain(call.inputs())) {
            let text = format!("\"{}\"", self.name_of(expr));
            bail!(LATERAL_COLUMN_ALIAS_IN_WINDOW, lca = alias, windowExpr = text);
        }
        let Over { partition_by, order_by, .. } = over;
        let mut calls = windows.calls.borrow_mut();
        let same =
            |known: &&Windowed| known.call == call && known.partition_by == partition_by && known.order_by == order_by;
        let known = calls.iter().find(same).map(|known| known.id);
        let id = known.unwrap_or_else(|| {
            let id = self.analyzer.ids().fresh(self.name_of(expr));
            calls.push(Windowed { id, span: expr.span, partition_by, order_by, call });
            id
        });
        Ok(Expr::column(id, data_type, nullable))
    }

    fn misplaced_window(&self, expr: &parsed::Expr) -> firesteel_common::Error {
        let clause = match self.clause {
            Clause::Where(_) => "WHERE",
            Clause::GroupBy => "GROUP BY",
            Clause::AggregateArgument => return error!(WINDOW_FUNCTION_IN_AGGREGATE).at(expr.span),
            Clause::Qualify => "QUALIFY",
            Clause::Other(place) => place,
        };
        error!(WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE, clauseName = clause).at(expr.span)
    }

    fn over(&self, spec: &WindowSpec) -> Result<Over> {
        let partition_by = self.resolve_all(&spec.partition_by)?;
        for (key, written) in partition_by.iter().zip(&spec.partition_by) {
            if !key.data_type().is_orderable() {
                let (text, data_type) = (format!("\"{}\"", self.name_of(written)), key.data_type().quoted_sql());
                return Err(
                    error!(EXPRESSION_TYPE_IS_NOT_ORDERABLE, expr = text, exprType = data_type).at(written.span)
                );
            }
        }
        let order_by = spec.order_by.iter().map(|item| Ok(order::expression_key(item, self)?.sort_key()));
        let order_by = order_by.collect::<Result<Vec<_>>>()?;
        let keys_text = self.keys_text(spec, &order_by);
        let frame = match &spec.frame {
            Some(frame) => Some(self.frame(frame, &order_by, &keys_text).map_err(|error| error.at(spec.span))?),
            None => None,
        };
        Ok(Over { partition_by, order_by, frame, keys_text })
    }

    fn keys_text(&self, spec: &WindowSpec, order_by: &[SortKey]) -> String {
        let mut clauses = Vec::new();
        if !spec.partition_by.is_empty() {
            let keys: Vec<_> = spec.partition_by.iter().map(|key| self.name_of(key)).collect();
            clauses.push(format!("PARTITION BY {}", keys.join(", ")));
        }
        if !order_by.is_empty() {
            let key = |(item, key): (&parsed::SortItem, &SortKey)| {
                let direction = if key.descending { "DESC" } else { "ASC" };
                let nulls = if key.nulls_first { "FIRST" } else { "LAST" };
                format!("{} {direction} NULLS {nulls}", self.name_of(&item.expr))
            };
            let keys: Vec<_> = spec.order_by.iter().zip(order_by).map(key).collect();
            clauses.push(format!("ORDER BY {}", keys.join(", ")));
        }
        clauses.join(" ")
    }

    /// The function with its frame, and the frame's text.
    fn window_function(
        &self,
        call: &FunctionCall,
        over: &Over,
        expr: &parsed::Expr,
    ) -> Result<(WindowFunction, Frame, String)> {
        let name = call.name.last();
        if let Some(descriptor) = function(name) {
            return self.window_only_function(descriptor, call, over, expr);
        }
        if registry::aggregate(name).is_none() {
            if registry::scalar(name).is_some() {
                let text = format!("\"{}\"", self.call_text(call));
                return Err(error!(UNSUPPORTED_EXPR_FOR_WINDOW, sqlExpr = text).at(expr.span));
            }
            return Err(registry::not_found(name).at(call.name.span));
        }
        let (frame, text) = over.frame_or_default();
        if call.distinct {
            let text = format!("\"{} OVER {}\"", self.call_text(call), over.text(text));
            return Err(error!(DISTINCT_WINDOW_FUNCTION_UNSUPPORTED, windowExpr = text).at(expr.span));
        }
        let aggregate = self.aggregate_call(call, expr)?;
        Ok((as_value(aggregate, &self.analyzer.context.eval), frame, text.to_owned()))
    }

    fn window_only_function(
        &self,
        descriptor: &'static WindowDescriptor,
        call: &FunctionCall,
        over: &Over,
        expr: &parsed::Expr,
    ) -> Result<(WindowFunction, Frame, String)> {
        if over.order_by.is_empty() {
            let text = self.qualified_call_text(call);
            let error = error!(WINDOW_FUNCTION_FRAME_NOT_ORDERED, wf_name = descriptor.name, wf_expr = text);
            return Err(error.at(expr.span));
        }
        let takes_nulls = matches!(descriptor.kind, WindowKind::Lag | WindowKind::Lead | WindowKind::NthValue);
        if call.nulls == Some(NullTreatment::Ignore) && !takes_nulls {
            return Err(errors::unsupported_syntax(descriptor.name, "IGNORE NULLS").at(expr.span));
        }
        if call.distinct || call.filter.is_some() {
            let syntax = if call.distinct { "DISTINCT" } else { "FILTER clause" };
            return Err(errors::unsupported_syntax(descriptor.name, syntax).at(expr.span));
        }
        let args = self.arguments(call)?;
        let ((fewest, most), given) = (descriptor.arguments, args.len());
        if given < fewest || given > most {
            let expected = if fewest == most { fewest.to_string() } else { format!("[{fewest}, {most}]") };
            return Err(coerce::errors::wrong_num_args(descriptor.name, expected, given).at(expr.span));
        }
        let arguments = Arguments { resolver: self, descriptor, args, call, expr };
        arguments
            .function(over)
            .map_err(|error| errors::in_words(error, self.analyzer.ids(), &|| self.call_text(call)).at(expr.span))
    }
}

/// `first`, `last` and `any_value` look at one row of the frame.
fn as_value(call: firesteel_expr::AggregateCall, context: &std::sync::Arc<eval::EvalContext>) -> WindowFunction {
    let place = match call.function.name {
        "first" | "any_value" => Place::First,
        "last" => Place::Last,
        _ => return WindowFunction::Aggregate(call),
    };
    let ignore_nulls = match call.args.get(1) {
        None => Some(false),
        Some(flag) if flag.is_foldable() => {
            eval::evaluate_constant(flag, context).ok().map(|flag| flag.as_boolean() == Some(true))
        }
        Some(_) => None,
    };
    match (ignore_nulls, call.filter.is_none(), call.args.first()) {
        (Some(ignore_nulls), true, Some(input)) => WindowFunction::Value { input: input.clone(), place, ignore_nulls },
        _ => WindowFunction::Aggregate(call),
    }
}

fn result_of(function: &WindowFunction) -> (SqlType, bool) {
    match function {
        WindowFunction::Aggregate(call) => (call.data_type.clone(), call.nullable),
        WindowFunction::Value { input, .. } => (input.data_type().clone(), true),
        WindowFunction::Offset { input, default, .. } => {
            (input.data_type().clone(), input.nullable() || default.nullable())
        }
        WindowFunction::Ranking(ranking) => (ranking.data_type(), false),
    }
}

/// The arguments of a function that exists over windows only.
struct Arguments<'r, 'a> {
    resolver: &'r Resolver<'r, 'a>,
    descriptor: &'static WindowDescriptor,
    args: Vec<ExprRef>,
    call: &'r FunctionCall,
    expr: &'r parsed::Expr,
}

impl Arguments<'_, '_> {
    fn function(&self, over: &Over) -> Result<(WindowFunction, Frame, String)> {
        const RUNNING: &str = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";
        let ranking = match self.descriptor.kind {
            WindowKind::Ranking(ranking) => ranking,
            WindowKind::Ntile => Ranking::Ntile(self.buckets()?),
            WindowKind::NthValue => {
                let (frame, text) = over.frame_or_default();
                return Ok((self.nth_value()?, frame, text.to_owned()));
            }
            WindowKind::Lag => return self.offset(over, -1),
            WindowKind::Lead => return self.offset(over, 1),
        };
        let (required, internal) = match ranking {
            Ranking::CumeDist => ("RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", "RangeFrame"),
            _ => (RUNNING, "RowFrame"),
        };
        if let Some(written) = over.frame.as_ref().filter(|written| written.text != required) {
            let required = format!("specifiedwindowframe({internal}, unboundedpreceding$(), currentrow$())");
            bail!(WINDOW_FRAME_NOT_REQUIRED, wf = written.internal.clone(), required = required);
        }
        Ok((WindowFunction::Ranking(ranking), Frame::WHOLE, required.to_owned()))
    }

    /// A constant of the call, as a whole number.
    fn constant(&self, at: usize, name: &str, shown: &dyn Fn(String) -> String) -> Result<i64> {
        let arg = &self.args[at];
        let text = |expr: &ExprRef| errors::labelled(&coerce::errors::sql_text(expr), self.resolver.analyzer.ids());
        if !arg.is_foldable() {
            bail!(
                DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
                sqlExpr = format!("\"{}\"", self.resolver.call_text(self.call)),
                inputName = quote(name),
                inputType = arg.data_type().quoted_sql(),
                inputExpr = format!("\"{}\"", shown(text(arg)))
            );
        }
        if !arg.data_type().is_integral() {
            return Err(coerce::errors::unexpected_input(self.descriptor.name, &self.args, at, "\"INT\"".to_owned()));
        }
        let value = eval::evaluate_constant(arg, &self.resolver.analyzer.context.eval)?.as_integer();
        value.ok_or_else(|| unsupported(format!("NULL as the {name} of {}", self.descriptor.name), self.expr.span))
    }

    fn out_of_range(&self, name: &str, range: &str, value: String) -> firesteel_common::Error {
        error!(
            VALUE_OUT_OF_RANGE_POSITION,
            sqlExpr = format!("\"{}\"", self.resolver.call_text(self.call)),
            exprName = name,
            valueRange = range,
            currentValue = value
        )
    }

    fn buckets(&self) -> Result<u32> {
        if self.args.is_empty() {
            return Ok(1);
        }
        let buckets = self.constant(0, "buckets", &|text| text)?;
        match i32::try_from(buckets) {
            Ok(buckets) if buckets > 0 => Ok(buckets.unsigned_abs()),
            _ => Err(self.out_of_range("buckets", "(0, 2147483647]", buckets.to_string())),
        }
    }

    fn ignore_nulls(&self) -> bool {
        self.call.nulls == Some(NullTreatment::Ignore)
    }

    fn nth_value(&self) -> Result<WindowFunction> {
        let nth = self.constant(1, "offset", &|text| text)?;
        if nth <= 0 {
            return Err(self.out_of_range("offset", "(0, 9223372036854775807]", format!("{nth}L")));
        }
        let place = Place::Nth(nth.unsigned_abs());
        Ok(WindowFunction::Value { input: self.args[0].clone(), place, ignore_nulls: self.ignore_nulls() })
    }

    fn offset(&self, over: &Over, direction: i64) -> Result<(WindowFunction, Frame, String)> {
        if over.frame.is_some() {
            bail!(CANNOT_SPECIFY_WINDOW_FRAME, prettyName = self.descriptor.name);
        }
        let shown = |text: String| if direction < 0 { format!("(- {text})") } else { text };
        let offset = match self.args.len() {
            0 | 1 => direction,
            _ => self.constant(1, "offset", &shown)?.saturating_mul(direction),
        };
        let null = || Expr::literal(Literal::null(SqlType::Void));
        let mut input = self.args.first().cloned().unwrap_or_else(null);
        let mut default = self.args.get(2).cloned().unwrap_or_else(null);
        if *input.data_type() == SqlType::Void {
            input = Expr::cast(input, default.data_type().clone(), CastMode::Ansi);
        }
        default = self.resolver.cast(default, input.data_type(), CastMode::Ansi, self.expr)?;
        let function = WindowFunction::Offset { input, offset, default, ignore_nulls: self.ignore_nulls() };
        Ok((function, Frame::WHOLE, format!("ROWS BETWEEN {offset} FOLLOWING AND {offset} FOLLOWING")))
    }
}

/// The nodes that compute the calls, over the columns of `plan`; ids of items become what the items compute.
pub(crate) fn attach(mut plan: PlanRef, mut calls: Vec<Windowed>, items: &[Item]) -> Result<PlanRef> {
    for call in &mut calls {
        call.rewrite(&mut |expr| projection::expand(expr, items))?;
    }
    let mut levels: HashMap<ColumnId, usize> = HashMap::new();
    let ids: Vec<_> = calls.iter().map(|call| call.id).collect();
    // A call can use only calls that were found before it, or as parts of it: one pass per level ends.
    while levels.len() < calls.len() {
        let before = levels.len();
        for call in &calls {
            let mut used = call.expressions().flat_map(|expr| expr.columns()).filter(|id| ids.contains(id));
            let level = used.try_fold(0, |level, id| levels.get(id).map(|below| level.max(below + 1)));
            levels.extend(level.map(|level| (call.id, level)));
        }
        if levels.len() == before {
            return Err(firesteel_common::internal!("windows that use each other"));
        }
    }
    let last = levels.values().copied().max();
    for level in 0..last.map_or(0, |last| last + 1) {
        let (now, later): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| levels.get(&call.id) == Some(&level));
        plan = nodes(plan, now);
        calls = later;
    }
    Ok(plan)
}

/// One node for all calls of equal partitions and order. What asks for no order takes that of another.
fn nodes(plan: PlanRef, mut calls: Vec<Windowed>) -> PlanRef {
    calls.sort_by_key(|call| call.order_by.is_empty());
    let mut windows: Vec<Window> = Vec::new();
    for Windowed { id, partition_by, order_by, call, .. } in calls {
        let same_partitions = |window: &Window| {
            window.partition_by.len() == partition_by.len()
                && partition_by.iter().all(|key| window.partition_by.contains(key))
        };
        let fits =
            |window: &&mut Window| same_partitions(window) && (window.order_by == order_by || order_by.is_empty());
        match windows.iter_mut().find(fits) {
            Some(window) => window.calls.push((id, call)),
            None => windows.push(Window { input: plan.clone(), partition_by, order_by, calls: vec![(id, call)] }),
        }
    }
    windows.into_iter().fold(plan, |plan, window| LogicalPlan::new(Node::Window(Window { input: plan, ..window })))
}
