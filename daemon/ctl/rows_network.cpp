// Rows of the subcommands that speak /v1 about the network and its traffic.
#include "daemon/ctl/commands.hpp"

namespace wissel::ctl {
namespace {

constexpr CommandRow kRows[] = {
    {"participant list", "List the participants",
     "Examples:\n"
     "  wisselctl participant list\n"
     "  wisselctl participant list --json | jq -r '.deelnemers[] | select(.stand != \"aangesloten\") | .naam'",
     make_participant_list},
    {"participant show", "Show one participant",
     "Pins and quota show to itself and to the schakelpuntbeheerder.\n\n"
     "Example:\n"
     "  wisselctl participant show 00000001002220647000",
     make_participant_show},
    {"participant put", "Add a participant, or change one",
     "What is not named stays as it is; somebody else's change in between is not overwritten. A new one needs --name\n"
     "and --role, and is aangesloten unless --state says otherwise. Needs the role schakelpuntbeheerder.\n\n"
     "Examples:\n"
     "  wisselctl participant put 00000001002220647000 --name 'Gemeente Utrecht' --role bronhouder,afnemer \\\n"
     "    --endpoint statusbevraging=https://zaken.utrecht.nl/wissel/statusbevraging\n"
     "  wisselctl participant put 00000001002220647000 --state geschorst\n"
     "  wisselctl participant put 00000001002220647000 --pin none --endpoint gebeurtenissen=",
     make_participant_put},
    {"participant keys", "List the keys that a participant signs with",
     "With --json as a JWK Set, as a JOSE library takes it.\n\n"
     "Example:\n"
     "  wisselctl participant keys 00000001002220647000 --json",
     make_participant_keys},
    {"participant publish-keys", "Publish the keys that we sign with",
     "Adds to what is published already; a key under the same name takes the other's place. Only the participant "
     "itself\n"
     "can do this. Of a private key only the public half leaves this machine. What was signed stays signed when its "
     "key\n"
     "is withdrawn.\n\n"
     "Examples:\n"
     "  wisselctl participant publish-keys 00000001002220647000 sign.pem\n"
     "  wisselctl participant publish-keys 00000001002220647000 sign.pem --kid 2027 --replace",
     make_publish_keys},
    {"agreement keygen", "Make a private key to sign agreements with",
     "Prints the name and the thumbprint of its public half, not the key.\n\n"
     "Examples:\n"
     "  wisselctl agreement keygen sign.pem\n"
     "  wisselctl agreement keygen sign.pem --ed25519",
     make_agreement_keygen},
    {"agreement list", "List the exchange agreements that you may see",
     "Examples:\n"
     "  wisselctl agreement list\n"
     "  wisselctl agreement list --json | jq -r '.uitwisselafspraken[].id'",
     make_agreement_list},
    {"agreement show", "Show one exchange agreement",
     "Example:\n"
     "  wisselctl agreement show 01a20325-04e1-72eb-8b41-5cb044da5774",
     make_agreement_show},
    {"agreement new", "Draft an exchange agreement, or print a template of one",
     "The file is YAML with the API's field names; every fault is named with its line and column. Prints the new id.\n"
     "It is in force when it has been offered and every party has signed it. For its parties and the operator.\n\n"
     "Examples:\n"
     "  wisselctl agreement new > afspraak.yaml\n"
     "  wisselctl agreement new afspraak.yaml --offer",
     make_agreement_new},
    {"agreement put", "Draft the next version of an exchange agreement",
     "A draft is written anew; what was offered or is in force gets a next version, which takes over when every party\n"
     "has signed it.\n\n"
     "Example:\n"
     "  wisselctl agreement put 01a20325-04e1-72eb-8b41-5cb044da5774 afspraak.yaml --if-version 3",
     make_agreement_put},
    {"agreement offer", "Offer a draft to its parties for signature",
     "Its text is fixed from then on.\n\n"
     "Example:\n"
     "  wisselctl agreement offer 01a20325-04e1-72eb-8b41-5cb044da5774",
     make_agreement_offer},
    {"agreement sign", "Sign the offered version of an exchange agreement",
     "Shows exactly what is signed and asks. With --key-file by a key that the organisation has published "
     "(participant\n"
     "publish-keys); with --confirm by the client certificate, where this network lets that count.\n\n"
     "Examples:\n"
     "  wisselctl agreement sign 01a20325-04e1-72eb-8b41-5cb044da5774 --key-file ondertekenen.pem\n"
     "  wisselctl agreement sign 01a20325-04e1-72eb-8b41-5cb044da5774 --confirm --yes",
     make_agreement_sign},
    {"agreement suspend", "Suspend an exchange agreement at once",
     "Works at once, also on messages that wait for delivery, until the same party lifts it.\n\n"
     "Example:\n"
     "  wisselctl agreement suspend 01a20325-04e1-72eb-8b41-5cb044da5774 --reason 'onderzoek naar een lek'",
     make_agreement_suspend},
    {"agreement resume", "Lift one's own suspension of an exchange agreement",
     "Example:\n"
     "  wisselctl agreement resume 01a20325-04e1-72eb-8b41-5cb044da5774",
     make_agreement_resume},
    {"agreement end", "End an exchange agreement for good",
     "Works at once, also on messages that wait for delivery. Any party may. Asks first.\n\n"
     "Example:\n"
     "  wisselctl agreement end 01a20325-04e1-72eb-8b41-5cb044da5774 --yes",
     make_agreement_end},
    {"representation list", "List who may act for whom: your own representations, of both sides",
     "Examples:\n"
     "  wisselctl representation list\n"
     "  wisselctl representation list --json | jq -r '.vertegenwoordigingen[] | select(.stand == \"vanKracht\") | .id'",
     make_representation_list},
    {"representation show", "Show one representation: its acts, who signed it, and its end",
     "Example:\n"
     "  wisselctl representation show 01a20325-04e1-72eb-8b41-5cb044da5774",
     make_representation_show},
    {"representation appoint", "Appoint an organisation to act for you",
     "It holds once both have signed, and either ends it at once. Prints the new id.\n\n"
     "Example:\n"
     "  wisselctl representation appoint 00000003123456780000 --act zoeken,bevragen \\\n"
     "    --from 2027-01-01T00:00:00Z --until 2028-01-01T00:00:00Z",
     make_representation_appoint},
    {"representation sign", "Sign a representation as one of its two sides",
     "Shows the exact bytes and asks. Signs with a private key whose public half you published, or confirms by your\n"
     "certificate where the network lets that count.\n\n"
     "Examples:\n"
     "  wisselctl representation sign 01a20325-04e1-72eb-8b41-5cb044da5774 --key-file ondertekenen.pem\n"
     "  wisselctl representation sign 01a20325-04e1-72eb-8b41-5cb044da5774 --confirm --yes",
     make_representation_sign},
    {"representation end", "End a representation",
     "Works at once, also on uploads that are under way. Asks first.\n\n"
     "Example:\n"
     "  wisselctl representation end 01a20325-04e1-72eb-8b41-5cb044da5774 --reason 'contract ended' --yes",
     make_representation_end},
    {"apply", "Bring participants and agreements to what a file says",
     "The file lists `deelnemers:` and `uitwisselafspraken:` with the API's field names. Shows the difference, asks, "
     "and\n"
     "applies it; a second time there is nothing to do. An agreement is matched by its `id` where the file gives one,\n"
     "otherwise by equal content: to change an agreement, give its id (a changed one without id is a new one). What "
     "is\n"
     "not in the file is named and left alone. With --dry-run exit code 1 means: there is a difference.\n\n"
     "Examples:\n"
     "  wisselctl apply -f network.yaml\n"
     "  wisselctl apply -f network.yaml --dry-run --json\n"
     "  generate-network | wisselctl apply -f - --yes",
     make_apply},
    {"find", "Find who holds something about a subject",
     "The subject is read from standard input, one a line (up to 1,000), and never taken as an argument: arguments "
     "show\n"
     "in ps and stay in the shell's history. The search is an access: it is recorded under your certificate.\n\n"
     "Examples:\n"
     "  wisselctl find --agreement 01a20325-04e1-72eb-8b41-5cb044da5774\n"
     "  wisselctl find --agreement $ID --kind zaak --organisation 00000001002220647000 < zaaknummers\n"
     "  wisselctl find --agreement $ID --user jdevries --json < bsn | jq -r '.bronhouders[].naam'",
     make_find},
    {"shielded", "Show who searched for what you shield",
     "Once a day, shortly after six in the morning, a holder can read which searches and pulls its references with\n"
     "visibility afgeschermd were kept from: who, when and for what. Whoever searched noticed nothing; you decide on\n"
     "contact. Without DAY the newest overview; 30 days are kept. Needs the role bronhouder.\n\n"
     "Examples:\n"
     "  wisselctl shielded\n"
     "  wisselctl shielded 2026-11-22 --json | jq '.zoekvragen[].afnemer.naam'",
     make_shielded},
    {"brake list", "List the brakes that are tripped",
     "A brake stops one participant's searches and pulls under one agreement when a minute holds far more than it\n"
     "usually asks. Your own; all of them with the role schakelpuntbeheerder. Exit code 1 means: there are some.\n\n"
     "Examples:\n"
     "  wisselctl brake list\n"
     "  wisselctl brake list --json | jq -r '.remmen[].deelnemer'",
     make_brake_list},
    {"brake lift", "Let a participant that was braked go on",
     "Works at once. What was asked in the minute that tripped the brake counts as usual from then on. Ask the\n"
     "participant first what happened; the reason and who lifts it are kept. Needs the role schakelpuntbeheerder.\n\n"
     "Example:\n"
     "  wisselctl brake lift 01a20325-04e1-72eb-8b41-5cb044da5774 --user j.devries --reason 'announced catch-up'",
     make_brake_lift},
    {"why", "Explain a decision: why it was allowed or refused, and who can change it",
     "ID is a log index (the receipt of an access) or the id of a message that you sent. With --try it is explained "
     "what\n"
     "would be decided, rule by rule, without asking anything about anybody; exit code 1 means: it would be "
     "refused.\n\n"
     "Examples:\n"
     "  wisselctl why 1042\n"
     "  wisselctl why 01a20325-04e1-72eb-8b41-5cb044da5774\n"
     "  wisselctl why --try --agreement $ID --act bevragen --kind bsn --user jdevries --function consulent",
     make_why},
    {"message show", "Show how delivery of your message stands, for each subscriber",
     "Example:\n"
     "  wisselctl message show 01a20325-04e1-72eb-8b41-5cb044da5774",
     make_message_show},
    {"message list", "List your newest messages, out of the log",
     "Examples:\n"
     "  wisselctl message list\n"
     "  wisselctl message list --count 1 --json | jq -r '.[0].id' | xargs wisselctl message show",
     make_message_list},
};

}  // namespace

std::span<const CommandRow> network_rows() { return kRows; }

}  // namespace wissel::ctl
