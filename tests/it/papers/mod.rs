//! Papers as people really send them, each made here: what becomes of the file, and what is kept of it. Whatever is
//! stored shows the whole paper upright; whatever cannot be shown truly is refused with the right reason.

mod around;
mod damaged;
mod endings;
mod forms;
mod jpegs;
mod letters;
mod long;
mod names;
mod pages;
mod paper;
mod pngs;
mod sheet;

use alpukat::domain::upload::UploadRefusal;

use self::paper::Paper;
use super::intake::{checked, read};

/// One file to send, and what it is called in messages.
type File = (String, Vec<u8>);

/// Each of the files is stored as one page that shows the paper.
async fn all_show(paper: &Paper, files: Vec<File>) {
    let mut wrong = Vec::new();
    for (name, file) in files {
        match read(&file).await.as_deref() {
            Ok([page]) => wrong.extend(paper.differs(&checked(page)).map(|how| (name, how))),
            other => wrong.push((name, format!("{other:?}"))),
        }
    }
    assert_eq!(wrong, []);
}

/// Each of the files is refused for this reason.
async fn all_refused(reason: UploadRefusal, files: Vec<File>) {
    let mut wrong = Vec::new();
    for (name, file) in files {
        let answer = read(&file).await;
        if answer != Err(reason.clone()) {
            wrong.push((name, answer));
        }
    }
    assert_eq!(wrong, []);
}

fn file(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> File {
    (name.into(), bytes.into())
}
