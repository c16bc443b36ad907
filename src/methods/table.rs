//! What is made of the table of methods.

/// Makes [`Strategy`], [`StrategyKind`] and [`AllSettings`] of a line a method: its folder, which is also its word in flags,
/// addresses and files; its variant; the type of its settings, where it has any; and behind `beside` the type of the module
/// that it puts beside a linear layer, where it does that.
macro_rules! methods {
    ($($folder:ident: $Name:ident $(($Settings:ident))? $(beside $Layer:ident)?;)+) => {
        /// What a run trains: which parameters move, and which modules are added for it, with the settings of the method.
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum Strategy {
            $($Name $(($Settings))?,)+
        }

        /// A strategy without its settings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum StrategyKind {
            $($Name,)+
        }

        /// The settings of every method, of which a form shows one.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct AllSettings {
            $(pub $folder: methods!(@type $Name $($Settings)?),)+
        }

        impl Strategy {
            pub fn kind(&self) -> StrategyKind {
                match self {
                    $(Self::$Name { .. } => StrategyKind::$Name,)+
                }
            }

            /// The settings, for what does not care of which method.
            pub fn method(&self) -> &dyn Method {
                match self {
                    $(methods!(@pattern settings, $Name $($Settings)?) => {
                        methods!(@method settings, $Name $($Settings)?)
                    })+
                }
            }

            /// Lets the settings be changed.
            pub fn change<T>(&mut self, change: impl FnOnce(&mut dyn Method) -> T) -> T {
                match self {
                    $(methods!(@pattern settings, $Name $($Settings)?) => {
                        change(methods!(@changed settings, $Name $($Settings)?))
                    })+
                }
            }

            /// What the engine does with the method.
            #[cfg(feature = "engine")]
            pub fn adapts(&self) -> &dyn Adapts {
                match self {
                    $(methods!(@pattern settings, $Name $($Settings)?) => {
                        methods!(@method settings, $Name $($Settings)?)
                    })+
                }
            }
        }

        impl StrategyKind {
            /// All of them, in the order of the form.
            pub const ALL: [Self; [$(stringify!($folder)),+].len()] = [$(Self::$Name),+];

            /// The word for it in flags, addresses and files.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Name => stringify!($folder),)+
                }
            }

            pub const fn facts(self) -> Facts {
                match self {
                    $(Self::$Name => $folder::FACTS,)+
                }
            }
        }

        impl AllSettings {
            /// The strategy of this kind with these settings.
            pub fn strategy(&self, kind: StrategyKind) -> Strategy {
                match kind {
                    $(StrategyKind::$Name => {
                        methods!(@strategy self.$folder, $Name $($Settings)?)
                    })+
                }
            }

            /// Takes over the settings of a strategy.
            pub fn take(&mut self, strategy: &Strategy) {
                match strategy {
                    $(methods!(@pattern settings, $Name $($Settings)?) => {
                        self.$folder = methods!(@method settings, $Name $($Settings)?).clone();
                    })+
                }
            }

            /// The settings of each method.
            pub(super) fn each(&mut self) -> [(StrategyKind, &mut dyn Method); StrategyKind::ALL.len()] {
                [$((StrategyKind::$Name, &mut self.$folder)),+]
            }
        }

        /// What stands beside a linear layer. Parameters have the method's word in their path, `c_attn.lora.a`.
        #[cfg(feature = "engine")]
        #[derive(burn::module::Module, Debug)]
        pub enum Beside {
            $($($Name($folder::layer::$Layer),)?)+
        }

        #[cfg(feature = "engine")]
        impl Beside {
            pub fn module(&self) -> &dyn BesideLinear {
                match self {
                    $($(Self::$Name(layer @ $folder::layer::$Layer { .. }) => layer,)?)+
                }
            }
        }
    };
    (@type $Name:ident $Settings:ident) => { $Settings };
    (@type $Name:ident) => { $Name };
    (@pattern $settings:ident, $Name:ident $Settings:ident) => {
        Strategy::$Name($settings @ $Settings { .. })
    };
    (@pattern $settings:ident, $Name:ident) => { Strategy::$Name };
    (@method $settings:ident, $Name:ident $Settings:ident) => { $settings };
    (@method $settings:ident, $Name:ident) => { &$Name };
    (@changed $settings:ident, $Name:ident $Settings:ident) => { $settings };
    (@changed $settings:ident, $Name:ident) => { &mut $Name };
    (@strategy $settings:expr, $Name:ident $Settings:ident) => { Strategy::$Name($settings.clone()) };
    (@strategy $settings:expr, $Name:ident) => { Strategy::$Name };
}

pub(super) use methods;
