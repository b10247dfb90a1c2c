//! Every address of the service.

/// Every address of one application.
pub fn of_an_application(application: &str, page: &str) -> Vec<String> {
    let below = [
        "",
        "/keterangan",
        "/dokumen",
        "/unggah",
        "/jadwal",
        "/konfirmasi",
        "/pembatalan",
        "/hapus-draf",
        "/keterangan-cetak",
        "/keterangan-cetak.pdf",
        "/jadwal.ics",
    ];
    let mut all: Vec<String> = below.iter().map(|rest| format!("{application}{rest}")).collect();
    all.extend(["", "/pratinjau"].map(|rest| format!("{application}/halaman/{page}{rest}")));
    all
}

/// Every address there is, with this application, its stored page and its check code in it.
pub fn all(application: &str, page: &str, code: &str) -> Vec<String> {
    let mut all = of_an_application(application, page);
    all.extend(
        [
            "/",
            "/favicon.ico",
            "/registrasi",
            "/registrasi/kode",
            "/registrasi/kode/baru",
            "/lupa-kata-sandi",
            "/lupa-kata-sandi/kode",
            "/akun/ponsel",
            "/akun/ponsel/kode",
            "/akun/email",
            "/akun/email/kode",
            "/akun/email/hapus",
            "/masuk",
            "/keluar",
            "/cek-status",
            "/kontak",
            "/privasi",
            "/siap",
            "/robots.txt",
            "/.well-known/security.txt",
            "/.well-known/change-password",
            "/metrics",
            "/pencetakan-ktp-el",
            "/akun",
            "/akun/akses",
        ]
        .map(ToOwned::to_owned),
    );
    all.extend(["/pencetakan-ktp-el/tambah", "/akun/kata-sandi", "/akun/keluar-semua"].map(ToOwned::to_owned));
    all.push(format!("/periksa/{code}"));
    let case = application.replace("/pencetakan-ktp-el", "/petugas/permohonan");
    let deeds = [
        "",
        "/pemeriksaan",
        "/pelepasan",
        "/lewati",
        "/nik",
        "/persetujuan",
        "/pengurungan",
        "/pengembalian",
        "/penolakan",
        "/penyerahan",
        "/salah-cetak",
        "/jadwal",
    ];
    all.extend(deeds.map(|deed| format!("{case}{deed}")));
    all.push(format!("{case}/halaman/{page}"));
    all.extend(["/petugas", "/petugas/masuk", "/petugas/dua-langkah", "/petugas/keluar"].map(ToOwned::to_owned));
    let run = uuid::Uuid::new_v4();
    all.extend(["", "/blangko", &format!("/{run}"), &format!("/{run}/hasil")].map(|rest| format!("/petugas/cetak{rest}")));
    all.extend(
        ["", "/ditarik", "/akun", "/akun/pelepasan", "/akun/ponsel", "/akun/kode"].map(|rest| format!("/petugas/loket{rest}")),
    );
    all.extend(["kirim-ulang", "ditelepon"].map(|deed| format!("{case}/pesan/{page}/{deed}")));
    all.push("/admin/pesan".to_owned());
    all.push(format!("/sms/laporan/{page}/{}", "0".repeat(32)));
    all.extend(
        ["", "/2026-11-25", "/2026-11-25/penutupan", "/2026-11-25/pembukaan"].map(|rest| format!("/petugas/jadwal{rest}")),
    );
    // The walk forgets no route.
    let source = include_str!("../../../src/web/paths.rs");
    let routes = source.lines().filter(|line| line.contains("pub const") && line.contains("= \"/")).count();
    assert_eq!(all.len(), routes, "a route is missing from the walk");
    all
}
