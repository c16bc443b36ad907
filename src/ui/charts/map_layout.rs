//! Where each tensor of a model goes on the parameter map. One unit is one row or column of a matrix, so
//! that areas are counts.

use crate::methods::names::{label, module};
use crate::protocol::ParameterInfo;
use crate::settings::names::{self, Place as Where};
use crate::ui::text::charts as text;

#[derive(Debug, Clone, PartialEq)]
pub struct MapLayout {
    /// Units that the widest row needs.
    pub full_width: f64,
    pub groups: Vec<Group>,
}

/// The embeddings, a block, or what stands on top.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    place: Where,
    pub title: String,
    pub modules: Vec<Module>,
}

/// A module's tensors side by side: its matrix, the adapter beside and below it, its vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Module {
    pub label: String,
    path: String,
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Into the list of parameters.
    pub index: usize,
    pub place: Place,
    pub width: f64,
    pub height: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Body,
    Left,
    Below,
}

impl Module {
    fn body(&self) -> Option<&Part> {
        self.parts.iter().find(|part| part.place == Place::Body)
    }

    /// In units.
    pub fn width(&self) -> f64 {
        let widest = |place| {
            self.parts
                .iter()
                .filter(|part| part.place == place)
                .map(|part| part.width)
                .fold(0.0, f64::max)
        };
        widest(Place::Left) + widest(Place::Body).max(widest(Place::Below))
    }
}

pub fn lay_out(parameters: &[ParameterInfo]) -> MapLayout {
    let mut groups: Vec<Group> = Vec::new();
    for (index, parameter) in parameters.iter().enumerate() {
        let (place, title) = group_of(&parameter.name);
        let group = match groups.iter().position(|group| group.title == title) {
            Some(position) => &mut groups[position],
            None => {
                groups.push(Group {
                    place,
                    title,
                    modules: Vec::new(),
                });
                let last = groups.len() - 1;
                &mut groups[last]
            }
        };
        add(group, index, parameter);
    }
    // Blocks before what stands on top, whatever the order in which tensors were listed.
    groups.sort_by_key(|group| group.place);
    let full_width = full_width(&groups);
    for group in &mut groups {
        group
            .modules
            .iter_mut()
            .for_each(|module| fold(module, full_width));
    }
    MapLayout { full_width, groups }
}

/// An embedding may be far wider than a block is; it is folded rather than all the rest made tiny.
fn full_width(groups: &[Group]) -> f64 {
    let widest = |only_blocks: bool| {
        groups
            .iter()
            .filter(|group| !only_blocks || matches!(group.place, Where::Block(_)))
            .map(|group| group.modules.iter().map(Module::width).sum::<f64>())
            .fold(0.0, f64::max)
    };
    let blocks = widest(true);
    match blocks > 0.0 {
        true => widest(false).min(blocks * 1.4),
        false => widest(false),
    }
}

fn group_of(name: &str) -> (Where, String) {
    let place = names::place(name);
    let title = text::map_group(place, names::family(name));
    (place, title)
}

fn add(group: &mut Group, index: usize, parameter: &ParameterInfo) {
    let path = module(&parameter.name);
    let position = group.modules.iter().position(|module| module.path == path);
    let module = match position {
        Some(position) => &mut group.modules[position],
        None => {
            group.modules.push(Module {
                label: label(path).to_string(),
                path: path.to_string(),
                parts: Vec::new(),
            });
            let last = group.modules.len() - 1;
            &mut group.modules[last]
        }
    };
    let part = part(index, parameter, module.body());
    module.parts.push(part);
}

/// A matrix lies on its longer side. An adapter's matrix runs along the side of the matrix that it shares.
fn part(index: usize, parameter: &ParameterInfo, body: Option<&Part>) -> Part {
    let (short, long) = match parameter.shape.as_slice() {
        [] => (1.0, 1.0),
        [n] => (1.0, *n as f64),
        [rows, columns] => ((*rows).min(*columns) as f64, (*rows).max(*columns) as f64),
        more => (1.0, more.iter().product::<usize>() as f64),
    };
    let is_first_adapter = parameter.name.ends_with(".lora.a");
    let place = match body {
        None => Place::Body,
        Some(body) if parameter.added => {
            let fits_left = long == body.height;
            let fits_below = long == body.width;
            match (fits_left, fits_below) {
                (true, false) => Place::Left,
                (true, true) if is_first_adapter => Place::Left,
                _ => Place::Below,
            }
        }
        Some(_) => Place::Below,
    };
    let (width, height) = match place {
        Place::Left => (short, long),
        Place::Body | Place::Below => (long, short),
    };
    Part {
        index,
        place,
        width,
        height,
    }
}

/// Makes what is too wide higher, keeping its area.
fn fold(module: &mut Module, full_width: f64) {
    for part in &mut module.parts {
        if part.width > full_width && full_width > 0.0 {
            part.height *= part.width / full_width;
            part.width = full_width;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::BertSizes;

    fn parameter(name: &str, shape: &[usize]) -> ParameterInfo {
        ParameterInfo {
            name: name.into(),
            shape: shape.to_vec(),
            trainable: false,
            added: name.contains("lora"),
        }
    }

    fn model() -> Vec<ParameterInfo> {
        vec![
            parameter("transformer.wte.weight", &[2048, 128]),
            parameter("transformer.ln_f.weight", &[128]),
            parameter("transformer.h.0.attn.c_attn.weight", &[128, 384]),
            parameter("transformer.h.0.attn.c_attn.bias", &[384]),
            parameter("transformer.h.0.mlp.c_proj.weight", &[512, 128]),
            parameter("transformer.h.0.attn.c_attn.lora.a", &[8, 128]),
            parameter("transformer.h.0.attn.c_attn.lora.b", &[384, 8]),
            parameter("transformer.h.0.mlp.c_proj.lora.a", &[8, 512]),
            parameter("transformer.h.0.mlp.c_proj.lora.b", &[128, 8]),
        ]
    }

    #[test]
    fn areas_are_counts() {
        let parameters = model();
        let layout = lay_out(&parameters);
        let mut seen = 0;
        for part in layout
            .groups
            .iter()
            .flat_map(|group| &group.modules)
            .flat_map(|module| &module.parts)
        {
            let count = parameters[part.index].count() as f64;
            assert!((part.width * part.height - count).abs() < 1e-6);
            seen += 1;
        }
        assert_eq!(seen, parameters.len());
    }

    #[test]
    fn groups_stand_in_the_order_of_the_computation() {
        let titles: Vec<String> = lay_out(&model())
            .groups
            .into_iter()
            .map(|g| g.title)
            .collect();
        assert_eq!(titles, ["Embeddings", "Block 1 (h.0)", "Top"]);
    }

    #[test]
    fn a_bert_is_grouped_as_a_gpt2_is() {
        let bert = BertSizes::usual(30, 16, 8, 2);
        let mut parameters: Vec<ParameterInfo> = bert
            .parameters(Some(2))
            .iter()
            .map(|(name, shape)| parameter(name, shape))
            .collect();
        let query = "bert.encoder.layer.1.attention.self.query";
        parameters.push(parameter(&format!("{query}.lora.a"), &[2, 8]));
        parameters.push(parameter(&format!("{query}.lora.b"), &[8, 2]));
        let layout = lay_out(&parameters);
        let titles: Vec<&str> = layout.groups.iter().map(|g| &g.title[..]).collect();
        let layers = ["Layer 1 (layer.0)", "Layer 2 (layer.1)"];
        assert_eq!(
            titles,
            ["Embeddings", layers[0], layers[1], "Pooler", "Top"]
        );
        let labels: Vec<&str> = layout.groups[2]
            .modules
            .iter()
            .map(|m| &m.label[..])
            .collect();
        let attention = [
            "query",
            "key",
            "value",
            "attention.output",
            "attention.output.LayerNorm",
        ];
        assert_eq!(labels[..5], attention);
        assert_eq!(labels[5..], ["intermediate", "output", "output.LayerNorm"]);
        let places: Vec<Place> = layout.groups[2].modules[0]
            .parts
            .iter()
            .map(|p| p.place)
            .collect();
        assert_eq!(
            places,
            [Place::Body, Place::Below, Place::Left, Place::Below]
        );
    }

    #[test]
    fn adapters_run_along_the_side_they_share() {
        let layout = lay_out(&model());
        let block = &layout.groups[1];
        let places = |label: &str| -> Vec<Place> {
            let module = block.modules.iter().find(|m| m.label == label).unwrap();
            module.parts.iter().map(|part| part.place).collect()
        };
        use Place::{Below, Body, Left};
        assert_eq!(places("attn.c_attn"), [Body, Below, Left, Below]);
        assert_eq!(places("mlp.c_proj"), [Body, Below, Left]);
    }
}
