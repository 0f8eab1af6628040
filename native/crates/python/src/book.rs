//! Python face of the book crate.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use parrot_book::{Book, Columns, Position, Replay, Side};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

type Ints<'py> = Bound<'py, PyArray1<i64>>;
type Flags<'py> = Bound<'py, PyArray1<bool>>;

/// One value a message: what the book looked like after it.
#[derive(Default)]
struct Touches {
    ts: Vec<i64>,
    last_id: Vec<i64>,
    prices: [Vec<i64>; 2],
    sizes: [Vec<i64>; 2],
    applied: Vec<bool>,
    synced: Vec<bool>,
}

impl Touches {
    fn record(columns: Columns<'_>, position: &mut Position, book: &mut Book) -> Self {
        let start = Position { row: 0, ..*position };
        let (mut touches, mut replay) = (Self::default(), Replay::resume(columns, start, columns.ts.len()));
        while let Some(message) = replay.advance(book) {
            touches.ts.push(message.ts);
            touches.last_id.push(replay.position().last_id.unwrap_or(0));
            touches.applied.push(message.applied);
            touches.synced.push(replay.position().synced);
            for (side, number) in [(Side::Bid, 0), (Side::Ask, 1)] {
                let (price, size) = book.best(side).unwrap_or((0, 0));
                touches.prices[number].push(price);
                touches.sizes[number].push(size);
            }
        }
        *position = replay.position();
        touches
    }
}

/// A level-2 book fed with whole columns of rows.
#[pyclass(module = "parrot._core")]
struct L2Book {
    book: Book,
    position: Position,
}

#[pymethods]
impl L2Book {
    #[new]
    fn new(step: i64) -> PyResult<Self> {
        if step <= 0 {
            return Err(PyValueError::new_err(format!("a price step must be positive, not {step}")));
        }
        Ok(Self { book: Book::new(step), position: Position::default() })
    }

    #[getter]
    const fn synced(&self) -> bool {
        self.position.synced
    }

    #[pyo3(signature = (ts, side, price, size, flags, last_id=None))]
    #[allow(clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::type_complexity)] // as PyO3 wants them
    fn apply<'py>(
        &mut self,
        py: Python<'py>,
        ts: PyReadonlyArray1<'py, i64>,
        side: PyReadonlyArray1<'py, i8>,
        price: PyReadonlyArray1<'py, i64>,
        size: PyReadonlyArray1<'py, i64>,
        flags: PyReadonlyArray1<'py, u8>,
        last_id: Option<PyReadonlyArray1<'py, i64>>,
    ) -> PyResult<(Ints<'py>, Ints<'py>, Ints<'py>, Ints<'py>, Ints<'py>, Ints<'py>, Flags<'py>, Flags<'py>)> {
        let columns = Columns {
            ts: ts.as_slice()?,
            side: side.as_slice()?,
            price: price.as_slice()?,
            size: size.as_slice()?,
            flags: flags.as_slice()?,
            last_id: last_id.as_ref().map(|ids| ids.as_slice()).transpose()?,
        };
        let step = self.book.grid().step();
        let (book, position) = (&mut self.book, &mut self.position);
        let touches = py
            .detach(|| columns.check(step).map(|()| Touches::record(columns, position, book)))
            .map_err(|bad| PyValueError::new_err(bad.to_string()))?;
        let [bid, ask] = touches.prices.map(|prices| prices.into_pyarray(py));
        let [bid_size, ask_size] = touches.sizes.map(|sizes| sizes.into_pyarray(py));
        let (ts, last_id) = (touches.ts.into_pyarray(py), touches.last_id.into_pyarray(py));
        let (applied, synced) = (touches.applied.into_pyarray(py), touches.synced.into_pyarray(py));
        Ok((ts, last_id, bid, bid_size, ask, ask_size, applied, synced))
    }

    /// Prices and sizes of the best levels of a side (1 bid, -1 ask), best first.
    fn levels<'py>(&self, py: Python<'py>, side: i8, depth: usize) -> PyResult<(Ints<'py>, Ints<'py>)> {
        let side = parse_side(side)?;
        let (prices, sizes): (Vec<i64>, Vec<i64>) = self.book.levels(side, depth).unzip();
        Ok((prices.into_pyarray(py), sizes.into_pyarray(py)))
    }

    fn size_at(&self, side: i8, price: i64) -> PyResult<i64> {
        Ok(self.book.size_at(parse_side(side)?, price))
    }

    /// Lots, notional and worst price of taking `quantity` from a side.
    fn depth_to(&self, side: i8, quantity: i64) -> PyResult<(i64, i128, i64)> {
        let depth = self.book.depth_to(parse_side(side)?, quantity);
        Ok((depth.quantity, depth.notional, depth.worst))
    }

    fn clear(&mut self) {
        self.book.clear();
        self.position = Position::default();
    }
}

fn parse_side(sign: i8) -> PyResult<Side> {
    Side::from_sign(sign).ok_or_else(|| PyValueError::new_err(format!("side is 1 (bid) or -1 (ask), not {sign}")))
}

#[pyfunction]
#[allow(clippy::needless_pass_by_value)] // as PyO3 wants it
fn grid_step(py: Python<'_>, prices: PyReadonlyArray1<'_, i64>) -> PyResult<i64> {
    let prices = prices.as_slice()?;
    Ok(py.detach(|| parrot_book::grid_step(prices)))
}

/// Adds this part's functions and classes to the compiled module.
///
/// # Errors
/// When Python refuses a new attribute.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<L2Book>()?;
    module.add_function(wrap_pyfunction!(grid_step, module)?)
}
