//! Firesteel inside of a program: a function, an aggregate and a table of the program's own, used in SQL and in DataFrames.
//!
//! ```text
//! Thermometers ──table──▶ readings ──fahrenheit(celsius)──▶ ──spread(…) per station──▶ rows
//! ```

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, Float64Type};
use firesteel::extend::{Aggregator, BatchIterator, Comparison, ScalarUdf, ScanRequest, TableSource};
use firesteel::prelude::*;
use serde::{Deserialize, Serialize};

/// The largest value minus the smallest.
struct Spread;

#[derive(Default, Serialize, Deserialize)]
struct Bounds(Option<(f64, f64)>);

impl Aggregator for Spread {
    type Input = (f64,);
    type State = Bounds;
    type Output = Option<f64>;

    fn update(&self, state: &mut Bounds, (value,): (f64,)) {
        self.merge(state, Bounds(Some((value, value))));
    }

    fn merge(&self, state: &mut Bounds, other: Bounds) {
        state.0 = match (state.0, other.0) {
            (Some((low, high)), Some((other_low, other_high))) => Some((low.min(other_low), high.max(other_high))),
            (one, other) => one.or(other),
        };
    }

    fn finish(&self, state: Bounds) -> Option<f64> {
        state.0.map(|(low, high)| high - low)
    }
}

/// Readings of a few stations, one part per station.
#[derive(Debug)]
struct Thermometers;

const STATIONS: [(&str, [f64; 3]); 3] =
    [("Feldberg", [-3.0, 0.5, 4.0]), ("Freiburg", [11.0, 14.5, 21.0]), ("Ulm", [7.0, 9.5, 12.0])];

impl Thermometers {
    fn part(&self, station: &str, celsius: &[f64], request: &ScanRequest) -> Result<RecordBatch> {
        let warm_enough = |value: &&f64| {
            request.filters.iter().all(|filter| match (filter.column, filter.comparison) {
                (1, Comparison::Greater) => **value > filter.values.as_primitive::<Float64Type>().value(0),
                // What is not understood is left to the engine.
                _ => true,
            })
        };
        let celsius: Vec<f64> = celsius.iter().filter(warm_enough).copied().collect();
        let column = |at: &usize| -> ArrayRef {
            match at {
                0 => Arc::new(StringArray::from(vec![station; celsius.len()])),
                _ => Arc::new(Float64Array::from(celsius.clone())),
            }
        };
        let schema = Arc::new(self.schema().project(&request.columns)?);
        Ok(RecordBatch::try_new(schema, request.columns.iter().map(column).collect())?)
    }
}

impl TableSource for Thermometers {
    fn schema(&self) -> SchemaRef {
        let fields = [("station", DataType::Utf8), ("celsius", DataType::Float64)];
        Arc::new(Schema::new(fields.map(|(name, data_type)| Field::new(name, data_type, false)).to_vec()))
    }

    fn rows(&self) -> Option<u64> {
        Some(9)
    }

    fn scan(&self, request: &ScanRequest) -> Result<Vec<BatchIterator>> {
        let part = |(station, celsius): &(&str, [f64; 3])| -> BatchIterator {
            Box::new(std::iter::once(self.part(station, celsius, request)))
        };
        Ok(STATIONS.iter().map(part).collect())
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Station {
    station: String,
    warmest: f64,
    spread: Option<f64>,
}

fn main() -> Result<()> {
    let session = Session::builder().master("local[2]").get_or_create()?;
    let fahrenheit = session.register_udf(ScalarUdf::of_rows("fahrenheit", |celsius: f64| celsius * 1.8 + 32.0))?;
    let spread = session.register_udaf("spread", Spread)?;
    session.register_source("readings", Thermometers)?;

    let by_sql = session.sql(
        "SELECT station, max(fahrenheit(celsius)) AS warmest, spread(celsius) AS spread
         FROM readings WHERE celsius > 0 GROUP BY station ORDER BY warmest DESC",
    )?;
    by_sql.show(20)?;
    let by_methods = session
        .table("readings")?
        .filter(col("celsius").gt(0))?
        .group_by("station")
        .agg((
            functions::max(fahrenheit.call("celsius")).alias("warmest"),
            spread.call("celsius").alias("spread"),
        ))?
        .order_by(col("warmest").desc())?;

    let stations: Vec<Station> = by_methods.collect_rows()?;
    assert_eq!(stations, by_sql.collect_rows::<Station>()?);
    let expected = [("Freiburg", 69.8, 10.0), ("Ulm", 53.6, 5.0), ("Feldberg", 39.2, 3.5)];
    for (station, (name, warmest, spread)) in stations.iter().zip(expected) {
        assert_eq!((station.station.as_str(), station.spread), (name, Some(spread)));
        assert!((station.warmest - warmest).abs() < 1e-9, "{station:?}");
    }
    assert_eq!(stations.len(), expected.len());

    // A mistake in code of the program ends one query, and says whose it was.
    session.register_udf(ScalarUdf::of_rows("fragile", |celsius: f64| -> f64 { panic!("{celsius} is too much") }))?;
    let error = session.sql("SELECT fragile(celsius) FROM readings")?.collect().expect_err("it panics");
    assert_eq!(error.condition().name, "FAILED_EXECUTE_UDF");
    println!("{error}");
    Ok(())
}
