//! A Rust file as its tokens. Tokens show imports, paths and texts alike, also within macros, where a
//! syntax tree ends.

use std::{fs, path::Path};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A file of the house, without comments and without what is compiled for tests alone.
pub struct Source {
    path: String,
    module: Vec<String>,
    tokens: Vec<TokenTree>,
}

impl Source {
    /// Reads a file whose path begins with `src/`.
    pub fn parse(path: &str, text: &str) -> Self {
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let folders =
            path.strip_prefix("src/").and_then(|path| path.strip_suffix(".rs")).unwrap_or_else(|| panic!("{path} is not in src"));
        let mut module: Vec<String> = folders.split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| last == "mod") || matches!(folders, "lib" | "main") {
            module.pop();
        }
        // A file that `#[cfg(test)] mod tests;` names is called so.
        let is_test = module.iter().skip(1).any(|name| name == "tests");
        let tokens = if is_test { Vec::new() } else { for_the_product(tokens) };
        Self { path: path.to_owned(), module, tokens }
    }

    /// Its path, from the root of the repository.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The module that it is; nothing for the crate's roots.
    pub fn module(&self) -> &[String] {
        &self.module
    }

    /// The first folder below `src`, or nothing when the file lies directly there.
    pub fn room(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or_default();
        below.split_once('/').map_or("", |(room, _)| room)
    }

    /// Shows every place of the file: the module it lies in, and the tokens from there to the end of its group.
    pub fn look(&self, mut at: impl FnMut(&[String], &[TokenTree])) {
        walk(&self.tokens, &mut self.module.clone(), &mut at);
    }
}

fn walk(tokens: &[TokenTree], module: &mut Vec<String>, at: &mut impl FnMut(&[String], &[TokenTree])) {
    for place in 0..tokens.len() {
        at(module, &tokens[place..]);
        if let TokenTree::Group(group) = &tokens[place] {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            let inline = match &tokens[..place] {
                [.., keyword, name] if group.delimiter() == Delimiter::Brace && ident(keyword).as_deref() == Some("mod") => {
                    ident(name)
                }
                _ => None,
            };
            let depth = module.len();
            module.extend(inline);
            walk(&inside, module, at);
            module.truncate(depth);
        }
    }
}

/// Whether a pattern of tokens occurs anywhere in a stream.
pub fn anywhere(tokens: TokenStream, pattern: impl Fn(&[TokenTree]) -> bool) -> bool {
    let mut found = false;
    walk(&tokens.into_iter().collect::<Vec<_>>(), &mut Vec::new(), &mut |_, rest| found |= pattern(rest));
    found
}

/// Leaves out doc comments, which are attributes to a compiler, and items under `#[cfg(test)]`.
fn for_the_product(tokens: TokenStream) -> Vec<TokenTree> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut kept = Vec::new();
    let mut rest = tokens.as_slice();
    while let [first, after @ ..] = rest {
        rest = after;
        match attribute(first, after) {
            Some((name, length)) if name.starts_with("doc=") => rest = &after[length..],
            Some((name, length)) if name == "cfg(test)" => rest = after_item(&after[length..]),
            _ => kept.push(match first {
                TokenTree::Group(group) => {
                    let mut inside = Group::new(group.delimiter(), for_the_product(group.stream()).into_iter().collect());
                    inside.set_span(group.span());
                    inside.into()
                }
                other => other.clone(),
            }),
        }
    }
    kept
}

/// The words of an attribute that begins here, without blanks, and how many tokens follow its `#`.
fn attribute(first: &TokenTree, after: &[TokenTree]) -> Option<(String, usize)> {
    let (group, length) = match after {
        [TokenTree::Group(group), ..] => (group, 1),
        [bang, TokenTree::Group(group), ..] if is_sign(bang, '!') => (group, 2),
        _ => return None,
    };
    let is_attribute = is_sign(first, '#') && group.delimiter() == Delimiter::Bracket;
    is_attribute.then(|| (group.stream().to_string().split_whitespace().collect(), length))
}

/// What follows an item: it ends with a semicolon or with its braces.
fn after_item(tokens: &[TokenTree]) -> &[TokenTree] {
    let ends = |token: &TokenTree| {
        is_sign(token, ';') || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
    };
    tokens.iter().position(ends).map_or(&[], |end| &tokens[end + 1..])
}

/// The names directly below the crate's root to which a path or `use` tree leads that begins here, with their
/// lines; `*` stands for all of them.
pub fn names_at_the_root(module: &[String], rest: &[TokenTree]) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    match rest {
        [first, after @ ..] if ident(first).as_deref() == Some("crate") => {
            if spells(after, &["as"]) {
                names.push((line_of(rest), "*".to_owned()));
            } else if let Some(next) = behind_colons(after) {
                follow(Vec::new(), next, &mut names);
            }
        }
        [first, after @ ..] if ident(first).as_deref() == Some("super") => {
            let above = module.split_last().map_or(&[][..], |(_, above)| above);
            if let Some(next) = behind_colons(after) {
                follow(above.to_vec(), next, &mut names);
            }
        }
        _ => {}
    }
    names
}

/// Follows a path from a module on.
fn follow(mut from: Vec<String>, rest: &[TokenTree], names: &mut Vec<(usize, String)>) {
    let [first, after @ ..] = rest else { return };
    if let (TokenTree::Group(group), Delimiter::Brace) = (first, delimiter(first)) {
        let tree: Vec<TokenTree> = group.stream().into_iter().collect();
        tree.split(|token| is_sign(token, ',')).for_each(|branch| follow(from.clone(), branch, names));
    } else if ident(first).as_deref() == Some("super") {
        from.pop();
        if let Some(next) = behind_colons(after) {
            follow(from, next, names);
        }
    } else if from.is_empty() {
        let name = ident(first).filter(|name| name != "self").unwrap_or_else(|| "*".to_owned());
        names.push((line_of(rest), name));
    }
}

fn behind_colons(rest: &[TokenTree]) -> Option<&[TokenTree]> {
    spells(rest, &[":", ":"]).then(|| &rest[2..])
}

fn delimiter(token: &TokenTree) -> Delimiter {
    if let TokenTree::Group(group) = token { group.delimiter() } else { Delimiter::None }
}

/// Whether the tokens from here on are these.
pub fn spells(rest: &[TokenTree], words: &[&str]) -> bool {
    rest.len() >= words.len()
        && rest.iter().zip(words).all(|(token, word)| !matches!(token, TokenTree::Group(_)) && token.to_string() == *word)
}

/// The word that a token is.
pub fn ident(token: &TokenTree) -> Option<String> {
    if let TokenTree::Ident(ident) = token { Some(ident.to_string()) } else { None }
}

/// Whether a token is this sign.
pub fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// What stands between the quotes of a text that begins here, as it is typed.
pub fn text_of(rest: &[TokenTree]) -> Option<String> {
    let Some(TokenTree::Literal(literal)) = rest.first() else { return None };
    let typed = literal.to_string();
    let text = typed.split_once('"')?.1.rsplit_once('"')?.0;
    Some(text.to_owned())
}

/// The line on which these tokens begin.
pub fn line_of(rest: &[TokenTree]) -> usize {
    rest.first().map_or(0, |token| token.span().start().line)
}

/// Every file with this ending below a folder of the repository: its path from the root, and its text.
pub fn files(root: &Path, folder: &str, ending: &str) -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut found = Vec::new();
    for name in names {
        let path = format!("{folder}/{name}");
        if root.join(&path).is_dir() {
            found.extend(files(root, &path, ending));
        } else if name.rsplit_once('.').is_some_and(|(_, known)| known == ending) {
            let text = fs::read_to_string(root.join(&path)).unwrap();
            found.push((path, text));
        }
    }
    found
}
