//! How many helpers there should be.

/// What is known of the machine, and what the learner asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub cores: usize,
    /// Of the whole machine, where the browser tells: most round it, and none says more than 8.
    pub memory_gigabytes: Option<f64>,
    /// `?workers=` of the address, the engine's own counted in.
    pub workers: Option<usize>,
}

/// More would each have a row or two of a usual batch of 16.
const MOST: usize = 8;

/// What a helper holds beside the weights: the program, and what a forward pass keeps.
const BESIDE_WEIGHTS_BYTES: f64 = 150e6;

/// Of the machine's memory, what all helpers together may take.
const MEMORY_SHARE: f64 = 0.25;

const USUAL_MEMORY_GIGABYTES: f64 = 4.0;

/// Helpers to start beside the engine, for weights of so many bytes: one less than there are cores, as far as there is
/// memory for them. A number that is asked for holds.
pub fn helpers_for(place: Place, weights_bytes: u64) -> usize {
    if let Some(workers) = place.workers {
        return workers.saturating_sub(1);
    }
    let memory = place.memory_gigabytes.unwrap_or(USUAL_MEMORY_GIGABYTES) * 1e9;
    // As they lie in the file, and once more as gradients and activations of them.
    let each = BESIDE_WEIGHTS_BYTES + 3.0 * weights_bytes as f64;
    let fitting = (memory * MEMORY_SHARE / each) as usize;
    place.cores.saturating_sub(1).min(fitting).min(MOST - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAPTOP: Place = Place {
        cores: 4,
        memory_gigabytes: Some(8.0),
        workers: None,
    };

    #[test]
    fn one_core_is_the_engines_own() {
        assert_eq!(helpers_for(LAPTOP, 2_000_000), 3);
        let single = Place { cores: 1, ..LAPTOP };
        assert_eq!(helpers_for(single, 2_000_000), 0);
        let many = Place {
            cores: 64,
            ..LAPTOP
        };
        assert_eq!(helpers_for(many, 2_000_000), 7);
    }

    #[test]
    fn memory_limits_them() {
        assert_eq!(helpers_for(LAPTOP, 90_000_000), 3);
        assert_eq!(helpers_for(LAPTOP, 500_000_000), 1);
        let small = Place {
            memory_gigabytes: Some(2.0),
            ..LAPTOP
        };
        assert_eq!(helpers_for(small, 500_000_000), 0);
    }

    #[test]
    fn what_is_asked_for_holds() {
        let asked = |workers| {
            helpers_for(
                Place {
                    workers: Some(workers),
                    ..LAPTOP
                },
                1 << 40,
            )
        };
        assert_eq!([asked(0), asked(1), asked(4)], [0, 0, 3]);
    }
}
