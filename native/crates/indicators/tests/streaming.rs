//! However bars are cut into calls, an indicator gives the same values to the last bit.

use parrot_indicators::{Inputs, Spec};
use proptest::prelude::*;

/// Every indicator with lengths from `n` on.
fn specs(n: usize) -> Vec<Spec> {
    let spec = |name: &&str| {
        let defaults = Spec::parameters(name).unwrap().iter().enumerate();
        let params: Vec<f64> = defaults
            .map(|(i, parameter)| if parameter.default < 1.0 { parameter.default } else { (n + i) as f64 })
            .collect();
        Spec::parse(name, &params)
    };
    Spec::NAMES.iter().filter(|name| n > 1 || **name != "linreg").map(|name| spec(name).unwrap()).collect()
}

/// High, low, close, volume and times of bars that random numbers describe.
struct Bars {
    high: Vec<f64>,
    low: Vec<f64>,
    close: Vec<f64>,
    volume: Vec<f64>,
    ts: Vec<i64>,
}

impl Bars {
    fn new(rows: &[(f64, f64, f64, f64)]) -> Self {
        let low: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let high: Vec<f64> = rows.iter().map(|row| row.0 + row.1).collect();
        let close = rows.iter().map(|row| row.0 + row.1 * row.2).collect();
        let volume = rows.iter().map(|row| row.3).collect();
        let ts = (0..rows.len() as i64).map(|t| t * 7_200_000_000_000).collect();
        Self { high, low, close, volume, ts }
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs { open: &[], high: &self.high, low: &self.low, close: &self.close, volume: &self.volume, ts: &self.ts }
    }

    fn columns(&self, spec: &Spec) -> Vec<Vec<f64>> {
        let column = |name| match name {
            "high" => self.high.clone(),
            "low" => self.low.clone(),
            "close" => self.close.clone(),
            "volume" => self.volume.clone(),
            _ => self.ts.iter().map(|&ts| parrot_indicators::day(ts)).collect(),
        };
        spec.columns().iter().map(|read| column(read.name())).collect()
    }
}

fn bits(columns: &[Vec<f64>]) -> Vec<Vec<u64>> {
    columns.iter().map(|column| column.iter().map(|value| value.to_bits()).collect()).collect()
}

/// The outputs of a spec fed with chunks of the given sizes, in turn.
fn in_chunks(spec: &Spec, columns: &[Vec<f64>], sizes: &[usize]) -> Vec<Vec<f64>> {
    let rows = columns[0].len();
    let mut outputs = vec![vec![0.0; rows]; spec.outputs().len()];
    let mut machine = spec.stream().unwrap();
    let (mut start, mut sizes) = (0, sizes.iter().cycle());
    while start < rows {
        let end = rows.min(start + sizes.next().unwrap());
        let inputs: Vec<&[f64]> = columns.iter().map(|column| &column[start..end]).collect();
        let mut slots: Vec<&mut [f64]> = outputs.iter_mut().map(|column| &mut column[start..end]).collect();
        machine.extend(&inputs, &mut slots);
        start = end;
    }
    outputs
}

/// The outputs of a spec fed bar by bar.
fn bar_by_bar(spec: &Spec, columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let rows = columns[0].len();
    let mut outputs = vec![vec![0.0; rows]; spec.outputs().len()];
    let mut machine = spec.stream().unwrap();
    let mut values = vec![0.0; spec.outputs().len()];
    for t in 0..rows {
        let row: Vec<f64> = columns.iter().map(|column| column[t]).collect();
        machine.update(&row, &mut values);
        for (column, &value) in outputs.iter_mut().zip(&values) {
            column[t] = value;
        }
    }
    outputs
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn streaming_equals_batch_to_the_last_bit(
        rows in prop::collection::vec((1.0..1e5_f64, 0.0..10.0_f64, 0.0..=1.0_f64, 0.0..1e6_f64), 0..200),
        n in 1_usize..12,
        sizes in prop::collection::vec(1_usize..40, 1..5),
    ) {
        let bars = Bars::new(&rows);
        for spec in specs(n) {
            let columns = bars.columns(&spec);
            let whole = bits(&spec.compute(None, &bars.inputs()));
            prop_assert_eq!(&bits(&bar_by_bar(&spec, &columns)), &whole, "{:?} bar by bar", spec);
            prop_assert_eq!(&bits(&in_chunks(&spec, &columns, &sizes)), &whole, "{:?} in chunks", spec);
        }
    }

    #[test]
    fn the_first_value_comes_after_the_lookback(
        rows in prop::collection::vec((1.0..1e5_f64, 0.1..10.0_f64, 0.0..=1.0_f64, 1.0..1e6_f64), 120..121),
        n in 1_usize..10,
    ) {
        let bars = Bars::new(&rows);
        for spec in specs(n) {
            let outputs = spec.compute(None, &bars.inputs());
            let first = outputs.iter().map(|column| column.iter().position(|value| !value.is_nan())).max();
            prop_assert_eq!(first, Some(Some(spec.lookback())), "{:?}", spec);
            prop_assert!(outputs.iter().all(|column| column[spec.lookback()..].iter().all(|value| !value.is_nan())));
        }
    }
}
