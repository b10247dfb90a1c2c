//! Titles before and behind a name, which family cards mostly leave out and people mostly write.

/// Before a name, in small letters without dots.
const BEFORE: &[&str] = &[
    "apt", "bapak", "bpk", "dr", "dra", "drg", "drh", "drs", "h", "haji", "hajah", "hajjah", "hj", "ibu", "ir", "kh", "nn", "ns",
    "ny", "nyonya", "prof", "sdr", "sdri", "tn", "tuan", "ust", "ustad", "ustadz", "ustadzah", "ustaz", "ustazah",
];

/// Behind a name: degrees, and that somebody has died.
const BEHIND: &[&str] = &[
    "ab",
    "ak",
    "alm",
    "almh",
    "almarhum",
    "almarhumah",
    "ama",
    "amak",
    "amd",
    "amdak",
    "amdkeb",
    "amdkep",
    "amdkom",
    "amg",
    "apt",
    "ba",
    "bba",
    "bc",
    "beng",
    "bsc",
    "ca",
    "cpa",
    "dba",
    "dea",
    "dess",
    "lc",
    "llb",
    "llm",
    "ma",
    "mag",
    "mak",
    "makt",
    "map",
    "march",
    "mars",
    "mba",
    "mbiomed",
    "mcs",
    "mds",
    "me",
    "meng",
    "mep",
    "mfarm",
    "mh",
    "mhi",
    "mhum",
    "mif",
    "mikom",
    "mip",
    "mkeb",
    "mkes",
    "mkep",
    "mkm",
    "mkn",
    "mkom",
    "ml",
    "mm",
    "mmsi",
    "mp",
    "mpa",
    "mpd",
    "mpdi",
    "mph",
    "mpsi",
    "ms",
    "msc",
    "mse",
    "msi",
    "msn",
    "msos",
    "mstat",
    "mt",
    "mth",
    "mti",
    "ners",
    "ns",
    "phd",
    "sab",
    "sadm",
    "sag",
    "sak",
    "sakt",
    "sap",
    "sars",
    "sds",
    "sdt",
    "se",
    "sei",
    "sfarm",
    "sfil",
    "sgz",
    "sh",
    "shi",
    "shum",
    "shut",
    "si",
    "siip",
    "sik",
    "sikom",
    "sin",
    "sip",
    "skeb",
    "sked",
    "skel",
    "skep",
    "skg",
    "skh",
    "skm",
    "skom",
    "skpm",
    "sm",
    "smat",
    "smb",
    "sor",
    "sp",
    "spa",
    "span",
    "spb",
    "spd",
    "spdi",
    "spdsd",
    "spi",
    "spjp",
    "spkj",
    "spm",
    "spog",
    "spot",
    "spp",
    "sppd",
    "sppk",
    "sprad",
    "spsi",
    "spt",
    "spthtkl",
    "ss",
    "ssi",
    "ssit",
    "ssn",
    "ssos",
    "ssosi",
    "sst",
    "sstp",
    "sta",
    "st",
    "stat",
    "ster",
    "sth",
    "sthi",
    "sti",
    "stp",
    "strak",
    "strgz",
    "strkeb",
    "strkep",
    "strkes",
    "strkom",
    "strt",
    "sud",
];

/// The longest title is written in so many pieces: `S.Tr.Keb`, `Sp. T. H. T.`
const PIECES: usize = 4;

/// The words (in small letters, divided at dots) without titles before and behind; at least one is left.
pub(super) fn without(words: &[String]) -> &[String] {
    let mut rest = words;
    while let [first, after @ ..] = rest
        && !after.is_empty()
        && BEFORE.contains(&first.as_str())
    {
        rest = after;
    }
    let is_title = |behind: &[String]| BEHIND.contains(&behind.concat().as_str());
    loop {
        let cuts = (1..rest.len()).filter(|cut| rest.len() - cut <= PIECES);
        let names =
            cuts.filter_map(|cut| rest.split_at_checked(cut)).find(|(_, behind)| is_title(behind)).map(|(names, _)| names);
        match names {
            Some(names) => rest = names,
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(name: &str) -> String {
        let words: Vec<String> = name.split([' ', '.', ',']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
        without(&words).join(" ")
    }

    #[test]
    fn titles_go_before_and_behind_and_a_name_stays() {
        for name in [
            "Ahmad Fauzi",
            "Dr. H. Ahmad Fauzi, S.E., M.Kom.",
            "Prof.Dr.Ir.H.Ahmad Fauzi S.T M.T PhD",
            "Hj Ahmad Fauzi S Pd I",
            "drg. Ahmad Fauzi, S. Tr. Keb., A.Md.Keb",
            "Ahmad Fauzi (alm)".trim_end_matches("(alm)"),
        ] {
            assert_eq!(bare(name), "ahmad fauzi", "{name}");
        }
        for (name, left) in [("H. M. Nur", "m nur"), ("Ir", "ir"), ("Dr. Se", "se"), ("Adi Se Tiawan", "adi se tiawan"), ("", "")]
        {
            assert_eq!(bare(name), left, "{name}");
        }
    }
}
