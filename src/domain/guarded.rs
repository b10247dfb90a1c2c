//! Text that was checked when it came in: how it is sealed, and that it is never printed.

/// For a type around a `String` with a `parse`: sealing and opening as text, checked again when
/// opened, and a `Debug` that tells nothing.
macro_rules! guarded {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(value: String) -> Result<Self, Self::Error> {
                Self::parse(&value).map_err(|_| concat!("not a ", stringify!($name)))
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}
pub(super) use guarded;
