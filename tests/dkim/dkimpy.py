"""dkimpy over a folder of signed mails; the DNS is the folder's records.tsv."""

import pathlib
import sys

import dkim

folder = pathlib.Path(sys.argv[1])
records = dict(line.split("\t") for line in (folder / "records.tsv").read_text().splitlines())


def dns(name, timeout=5):
    return records.get(name.decode().rstrip("."), "").encode() or None


mails = sorted(folder.glob("*.eml"))
for path in mails:
    mail = path.read_bytes()
    signatures = mail.split(b"\r\n\r\n")[0].count(b"DKIM-Signature:")
    for index in range(signatures):
        if not dkim.DKIM(mail).verify(idx=index, dnsfunc=dns):
            sys.exit(f"dkimpy does not believe signature {index} of {path.name}")
    if signatures != 2:
        sys.exit(f"{path.name} has {signatures} signatures")
print(f"dkimpy: {len(mails)} mails, {2 * len(mails)} signatures")
