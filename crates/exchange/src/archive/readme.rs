//! What lies beside the data, in words.

use super::Append;
use super::{Definition, Facts, NAMES_FILE, R_FILE, SPSS_FILE, STATA_FILE};
use crate::ddi::DDI_FILE;

/// The text of the archive's `LISEZMOI.txt`.
#[must_use]
pub fn readme(definition: &Definition<'_>, facts: &Facts) -> String {
    let edition = &definition.editions[0].1;
    let title = &edition.plan.title;
    let n_min = edition.plan.n_min;
    let mut out = format!("{title}\nArchive des réponses, édition {}\n\n", edition.questionnaire.edition);
    if facts.is_simulated {
        out.push_str("Réponses simulées : elles ne décrivent aucune organisation réelle.\n\n");
    }
    out.append(&format!(
        "QUI PEUT LIRE CE DOSSIER\n\
         Ces fichiers sont des données confidentielles : une ligne par organisation, sous pseudonyme. Seules peuvent les \
         lire les personnes que {publisher} a autorisées et qui se sont engagées par écrit à la confidentialité. Les \
         têtes de réseau, les financeurs et les répondantes n’y ont pas accès. Le dossier ne se copie ni sur un espace \
         partagé, ni par courriel. Qui l’a reçu par erreur le détruit et le signale à {contact}.\n\n\
         CE QUI N’Y EST PAS\n\
         Ni nom, ni adresse, ni identifiant (SIRET, RNA), ni texte libre. Le pseudonyme ne vaut que pour cette édition et \
         sa clé n’est pas ici. Une combinaison de réponses (commune, statut, taille, réseau) peut suffire à reconnaître \
         une organisation : ne pas le tenter, et ne pas croiser ces fichiers avec d’autres dans ce but.\n\n\
         CE QUI PEUT EN SORTIR\n\
         Aucun résultat sur moins de {n_min} organisations. Les résultats publiés de l’édition font foi : ne pas en \
         publier d’autres sans appliquer la même règle de diffusion.\n\n\
         LES FICHIERS\n",
        publisher = facts.publisher,
        contact = facts.contact,
    ));
    for file in &facts.files {
        out.append(&format!("- {} : {}\n", file.name, file.content));
    }
    out.append(&format!(
        "- {DDI_FILE} : le dictionnaire, au format DDI-Codebook 2.5. Il ne contient que des chiffres protégés.\n\
         - codebook.json, manifest.json : le dictionnaire et le manifeste de l’extraction, avec les empreintes\n\
         - {R_FILE} : lecture dans R\n\
         - {STATA_FILE} : lecture dans Stata 14 ou plus récent\n\
         - {SPSS_FILE} : lecture dans SPSS ou PSPP ; écrit responses.sav\n\
         - {NAMES_FILE} : les noms des variables, et leur forme dans Stata et SPSS\n\n\
         LES VALEURS VIDES\n\
         Une valeur vide veut dire « question non posée » quand la question, ou la ligne du tableau, n’est pas dans la \
         variable path de la ligne, et « sans réponse » quand elle y est.\n"
    ));
    // French spaces: no-break inside guillemets and before two-part signs.
    out.replace(" :", "\u{a0}:").replace(" ;", "\u{a0};").replace("« ", "«\u{a0}").replace(" »", "\u{a0}»")
}
