//! The whole state as bytes and back: little-endian words, one hash at the end (rule M47).
//!
//! What follows from the rest (triggers, expiries, bounds, links to pegs) is not written but made again.

use parrot_kernel::Hash;

use crate::accounts::{Balance, Currency, Owner, Seat, Tier};
use crate::engine::Engine;
use crate::settings::STEP_MAX;
use crate::slab::{List, NIL, Order, State, Terms};
use crate::symbol::{Level, Symbol};
use crate::words::{BUY, OrderType, Phase, SELL, SelfTrade, TimeInForce};

const MAGIC: i64 = i64::from_le_bytes(*b"PARROTX1");
const ORDER_BYTES: usize = 64;

/// Words, appended.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
}

/// Words, read once from the front.
struct Reader<'a> {
    words: &'a [[u8; 8]],
}

const SHORT: &str = "the snapshot ends too early";

impl Writer {
    fn put(&mut self, word: u64) {
        self.int(word as i64);
    }

    #[inline]
    fn int(&mut self, value: i64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn all<T>(&mut self, items: &[T], mut one: impl FnMut(&mut Self, &T)) {
        self.put(items.len() as u64);
        for item in items {
            one(self, item);
        }
    }

    fn pair(&mut self, low: u32, high: u32) {
        self.put(u64::from(low) | u64::from(high) << 32);
    }
}

impl Reader<'_> {
    fn take(&mut self) -> Result<u64, String> {
        self.int().map(|word| word as u64)
    }

    #[inline]
    fn int(&mut self) -> Result<i64, String> {
        let (first, rest) = self.words.split_first().ok_or(SHORT)?;
        self.words = rest;
        Ok(i64::from_le_bytes(*first))
    }

    fn pair(&mut self) -> Result<(u32, u32), String> {
        self.take().map(|word| (word as u32, (word >> 32) as u32))
    }

    fn all<T>(&mut self, mut one: impl FnMut(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let count = self.take()? as usize;
        if count > self.words.len() {
            return Err(SHORT.into());
        }
        (0..count).map(|_| one(self)).collect()
    }
}

impl Engine {
    /// The whole state as bytes; events that wait to be read are not part of it.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut bytes = self.content();
        bytes.extend_from_slice(&hash_of(bytes.as_chunks().0).to_le_bytes());
        bytes
    }

    /// A hash of the whole state: equal where the state is, on every machine.
    pub fn hash(&self) -> u64 {
        hash_of(self.content().as_chunks().0)
    }

    fn content(&self) -> Vec<u8> {
        let mut out = Writer { bytes: Vec::with_capacity(self.orders.slots.len() * ORDER_BYTES + 65_536) };
        out.int(MAGIC);
        out.int(self.now);
        out.put(self.seq);
        out.put(self.arrivals);
        self.write_accounts(&mut out);
        out.all(&self.symbols, write_symbol);
        out.all(&self.orders.slots, write_order);
        out.put(u64::from(self.orders.free));
        out.all(&self.terms.rows, write_terms);
        out.all(&self.terms.free, |out, row| out.put(u64::from(*row)));
        out.all(&self.lists.rows, write_list);
        out.all(&self.lists.free, |out, row| out.put(u64::from(*row)));
        out.bytes
    }

    fn write_accounts(&self, out: &mut Writer) {
        let accounts = &self.accounts;
        out.put(accounts.fee_currency.map_or(u64::MAX, u64::from));
        out.int(accounts.discount);
        out.all(&accounts.tiers, |out, tier| out.pair(tier.maker as u32, tier.taker as u32));
        out.all(&accounts.owners, |out, owner| {
            out.pair(owner.maker as u32, owner.taker as u32);
            out.pair(u32::from(owner.tier), u32::from(owner.third));
        });
        out.all(&accounts.currencies, |out, currency| {
            out.int(currency.supply);
            out.int(currency.fees);
            out.int(currency.conversion);
        });
        out.all(&accounts.balances, |out, balance| {
            out.int(balance.free);
            out.int(balance.locked);
        });
        out.all(&accounts.seats, |out, seat| {
            out.int(seat.position);
            out.int(seat.buying);
            out.pair(seat.orders, seat.algos);
        });
    }

    /// The state of a snapshot.
    ///
    /// # Errors
    /// Says what is wrong with the bytes: cut short, changed, or not a snapshot.
    pub fn restore(bytes: &[u8]) -> Result<Self, String> {
        let (chunks, rest) = bytes.as_chunks::<8>();
        let (Some((sum, words)), true) = (chunks.split_last(), rest.is_empty()) else {
            return Err("a snapshot is a whole number of 8-byte words; this is not".into());
        };
        if words.first() != Some(&MAGIC.to_le_bytes()) {
            return Err("these bytes are no snapshot of a matching engine".into());
        }
        if hash_of(words).to_le_bytes() != *sum {
            return Err("the snapshot was changed or cut: its hash does not fit".into());
        }
        let mut input = Reader { words: &words[1..] };
        let mut engine = Self::read(&mut input)?;
        engine.check_numbers()?;
        engine.rebuild();
        engine.audit()?;
        Ok(engine)
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, String> {
        let mut engine = Self::new();
        engine.now = input.int()?;
        engine.seq = input.take()?;
        engine.arrivals = input.take()?;
        engine.read_accounts(input)?;
        engine.symbols = input.all(read_symbol)?;
        engine.accounts.symbols = engine.symbols.len();
        engine.orders.slots = input.all(read_order)?;
        engine.orders.free = input.take()? as u32;
        engine.orders.live = engine.orders.slots.iter().filter(|order| order.state != State::Free).count();
        engine.terms.rows = input.all(read_terms)?;
        engine.terms.free = input.all(|input| input.take().map(|row| row as u32))?;
        engine.lists.rows = input.all(read_list)?;
        engine.lists.free = input.all(|input| input.take().map(|row| row as u32))?;
        Ok(engine)
    }

    fn read_accounts(&mut self, input: &mut Reader<'_>) -> Result<(), String> {
        let accounts = &mut self.accounts;
        accounts.fee_currency = Some(input.take()?).filter(|&word| word != u64::MAX).map(|word| word as u16);
        accounts.discount = input.int()?;
        accounts.tiers = input.all(|input| {
            let (maker, taker) = input.pair()?;
            Ok(Tier { maker: maker as i32, taker: taker as i32 })
        })?;
        accounts.owners = input.all(|input| {
            let ((maker, taker), (tier, third)) = (input.pair()?, input.pair()?);
            Ok(Owner { maker: maker as i32, taker: taker as i32, tier: tier as u8, third: third != 0 })
        })?;
        accounts.currencies =
            input.all(|input| Ok(Currency { supply: input.int()?, fees: input.int()?, conversion: input.int()? }))?;
        accounts.balances = input.all(|input| Ok(Balance { free: input.int()?, locked: input.int()? }))?;
        accounts.seats = input.all(|input| {
            let (position, buying, (orders, algos)) = (input.int()?, input.int()?, input.pair()?);
            Ok(Seat { position, buying, orders, algos })
        })?;
        Ok(())
    }

    /// Does every number lead somewhere? What follows relies on it.
    fn check_numbers(&self) -> Result<(), String> {
        let accounts = &self.accounts;
        let (owners, currencies, symbols) = (accounts.owners.len(), accounts.currencies.len(), self.symbols.len());
        let (slots, terms, lists) = (self.orders.slots.len(), self.terms.rows.len(), self.lists.rows.len());
        let slot = |slot: u32| (slot as usize) < slots;
        let known = |currency: u16| usize::from(currency) < currencies;
        let tables = accounts.tiers.len() == 256
            && accounts.balances.len() == owners * currencies
            && accounts.seats.len() == owners * symbols
            && accounts.fee_currency.is_none_or(known)
            && slots.min(terms).min(lists) > 0
            && slot(self.orders.free);
        let markets = self.symbols.iter().all(|symbol| {
            let levels = [BUY, SELL].into_iter().flat_map(|side| symbol.side(side).levels());
            let mut levels = levels.map(|(_, level)| level);
            known(symbol.base) && known(symbol.quote) && levels.all(|level| slot(level.head) && slot(level.tail))
        });
        let orders = self.orders.slots.iter().all(|order| {
            let free = order.state == State::Free;
            let special = matches!(order.state, State::Waiting | State::Queued | State::Aside | State::Child);
            let placed = (order.owner as usize) < owners && usize::from(order.symbol) < symbols && order.side <= SELL;
            slot(order.next)
                && slot(order.prev)
                && (free || placed && (order.terms as usize) < terms)
                && !(special && order.terms == NIL)
        });
        let rows = self.terms.rows.iter().all(|row| (row.list as usize) < lists)
            && self.lists.rows.iter().all(|list| slot(list.parent) && slot(list.legs[0]) && slot(list.legs[1]))
            && self.terms.free.iter().all(|&row| (row as usize) < terms)
            && self.lists.free.iter().all(|&row| (row as usize) < lists);
        if tables && markets && orders && rows { Ok(()) } else { Err("a number that leads nowhere".into()) }
    }

    /// Makes again what follows from orders and limits.
    fn rebuild(&mut self) {
        for number in 0..self.symbols.len() {
            let symbol = &mut self.symbols[number];
            symbol.limits_changed();
        }
        for slot in 1..self.orders.slots.len() as u32 {
            let order = self.orders[slot];
            if order.state == State::Free || order.terms == NIL {
                continue;
            }
            let terms = self.terms[order.terms];
            let symbol = &mut self.symbols[usize::from(order.symbol)];
            if order.state == State::Waiting {
                symbol.wait(slot, order.arrival, order.side, &terms);
            }
            if terms.is_peg() {
                symbol.pegs.insert((order.arrival, slot));
                self.pegged.insert(order.symbol);
            }
            if terms.tif == TimeInForce::Gtd {
                self.expiries.insert((terms.expiry, order.arrival, slot));
            }
        }
    }
}

/// Hashes block by block, so that no second copy of everything is made.
fn hash_of(words: &[[u8; 8]]) -> u64 {
    let mut hash = Hash::default();
    let mut block = [0; 1_024];
    for chunk in words.chunks(block.len()) {
        for (place, word) in block.iter_mut().zip(chunk) {
            *place = i64::from_le_bytes(*word);
        }
        hash.column(&block[..chunk.len()]);
    }
    hash.finish()
}

fn write_symbol(out: &mut Writer, symbol: &Symbol) {
    out.pair(u32::from(symbol.base), u32::from(symbol.quote));
    for value in [symbol.tick, symbol.lot, symbol.base_unit, symbol.quote_unit] {
        out.int(value);
    }
    symbol.limits.iter().for_each(|limit| out.int(*limit));
    out.put(symbol.phase as u64);
    for value in [symbol.last, symbol.reference, symbol.pegged_at[0], symbol.pegged_at[1]] {
        out.int(value);
    }
    for side in [BUY, SELL] {
        let levels: Vec<(i64, Level)> = symbol.side(side).levels().collect();
        out.all(&levels, |out, (key, level)| {
            out.int(*key);
            out.int(level.visible);
            out.pair(level.head, level.tail);
            out.pair(level.orders, level.pegs);
        });
    }
}

fn read_symbol(input: &mut Reader<'_>) -> Result<Symbol, String> {
    let (base, quote) = input.pair()?;
    let [tick, lot, base_unit, quote_unit] = [input.int()?, input.int()?, input.int()?, input.int()?];
    if [tick, lot, base_unit, quote_unit].iter().any(|step| !(1..=STEP_MAX).contains(step)) {
        return Err(format!("a symbol with tick {tick}, lot {lot}, units {base_unit} and {quote_unit}"));
    }
    let mut symbol = Symbol::new(base as u16, quote as u16, tick, lot, base_unit, quote_unit);
    for limit in &mut symbol.limits {
        *limit = input.int()?;
    }
    symbol.phase = Phase::from_code(input.take()? as u8).ok_or("a phase that is none")?;
    [symbol.last, symbol.reference] = [input.int()?, input.int()?];
    symbol.pegged_at = [input.int()?, input.int()?];
    for side in [BUY, SELL] {
        let levels = input.all(|input| {
            let (key, visible) = (input.int()?, input.int()?);
            let ((head, tail), (orders, pegs)) = (input.pair()?, input.pair()?);
            Ok((key, Level { visible, head, tail, orders, pegs }))
        })?;
        for (key, level) in levels {
            let price = key.checked_mul(tick).and_then(|price| symbol.prices.level(price));
            price.ok_or_else(|| format!("a level {key} beyond every price"))?;
            symbol.side_mut(side).set(key, level);
        }
    }
    Ok(symbol)
}

fn write_order(out: &mut Writer, order: &Order) {
    out.int(order.price);
    out.int(order.visible);
    out.put(order.id);
    out.int(order.quantity);
    out.put(order.arrival);
    out.pair(order.owner, order.next);
    out.pair(order.prev, order.generation);
    let kind = u32::from(order.symbol) | u32::from(order.side) << 16 | u32::from(order.state as u8) << 24;
    out.pair(order.terms, kind);
}

fn read_order(input: &mut Reader<'_>) -> Result<Order, String> {
    let (price, visible, id) = (input.int()?, input.int()?, input.take()?);
    let (quantity, arrival) = (input.int()?, input.take()?);
    let ((owner, next), (prev, generation), (terms, kind)) = (input.pair()?, input.pair()?, input.pair()?);
    let state = State::from_code((kind >> 24) as u8).ok_or("an order in a state that is none")?;
    let (symbol, side) = (kind as u16, (kind >> 16) as u8);
    Ok(Order { price, visible, id, quantity, arrival, owner, generation, next, prev, terms, symbol, side, state })
}

fn write_terms(out: &mut Writer, terms: &Terms) {
    let words = [terms.order as u8, terms.tif as u8, terms.stp as u8];
    let kind = u32::from(words[0]) | u32::from(words[1]) << 8 | u32::from(words[2]) << 16;
    out.pair(kind, terms.flags);
    for value in [terms.hidden, terms.display, terms.trigger, terms.trail, terms.best, terms.limit, terms.lock] {
        out.int(value);
    }
    out.int(terms.expiry);
    out.put(u64::from(terms.list));
}

fn read_terms(input: &mut Reader<'_>) -> Result<Terms, String> {
    let (kind, flags) = input.pair()?;
    Ok(Terms {
        order: OrderType::from_code(kind as u8).ok_or("a type that is none")?,
        tif: TimeInForce::from_code((kind >> 8) as u8).ok_or("a time in force that is none")?,
        stp: SelfTrade::from_code((kind >> 16) as u8).ok_or("a self-trade mode that is none")?,
        flags,
        hidden: input.int()?,
        display: input.int()?,
        trigger: input.int()?,
        trail: input.int()?,
        best: input.int()?,
        limit: input.int()?,
        lock: input.int()?,
        expiry: input.int()?,
        list: input.take()? as u32,
    })
}

fn write_list(out: &mut Writer, list: &List) {
    out.pair(list.parent, u32::from(list.active));
    out.pair(list.legs[0], list.legs[1]);
    out.int(list.locked);
}

fn read_list(input: &mut Reader<'_>) -> Result<List, String> {
    let ((parent, active), (first, second)) = (input.pair()?, input.pair()?);
    Ok(List { parent, legs: [first, second], active: active != 0, locked: input.int()? })
}
