//! The pseudo-random numbers that the benchmark's weights and tokens are made of, bit for bit those of
//! the JavaScript that made them for the other engines.

/// mulberry32 (Tommy Ettinger): 32 bits of state, JavaScript's integer arithmetic.
pub struct Mulberry {
    state: u32,
}

impl Mulberry {
    pub fn new(seed: u32) -> Self {
        Self { state: seed }
    }

    /// Uniform in `[0, 1)`.
    pub fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x6D2B_79F5);
        let a = self.state;
        let mut t = (a ^ (a >> 15)).wrapping_mul(1 | a);
        t ^= t.wrapping_add((t ^ (t >> 7)).wrapping_mul(61 | t));
        f64::from(t ^ (t >> 14)) / 4_294_967_296.0
    }

    /// Normals in pairs (Box and Muller): cosine first, then sine.
    pub fn normals(&mut self, count: usize, standard_deviation: f64) -> Vec<f32> {
        let mut values = Vec::with_capacity(count + 1);
        while values.len() < count {
            let (u, v) = (self.uniform().max(1e-12), self.uniform());
            let radius = standard_deviation * (-2.0 * u.ln()).sqrt();
            let angle = 2.0 * std::f64::consts::PI * v;
            values.push((radius * angle.cos()) as f32);
            values.push((radius * angle.sin()) as f32);
        }
        values.truncate(count);
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_javascript_numbers() {
        // node -e "import('./peers/pages/common.js').then(c => { const r = c.rng(42); console.log(r(), r(), r()) })"
        let mut mulberry = Mulberry::new(42);
        let draws: Vec<f64> = (0..3).map(|_| mulberry.uniform()).collect();
        assert_eq!(draws, EXPECTED);
    }

    const EXPECTED: [f64; 3] = [0.6011037519201636, 0.44829055899754167, 0.8524657934904099];
}
