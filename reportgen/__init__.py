"""Checked performance self-evaluation reports (绩效自评报告) of legal-aid centres, in Word and PDF, from one YAML file.

One pipeline, spelled out in ``build``, each arrow a named type:

    YAML text -> Source -> Facts -> Findings
              -> Scores -> Document -> report.docx / report.pdf, annex.docx / annex.pdf -> outputs/

The folders are the pipeline, read from below: telling, numbers, reading, forms, facts, scoring, writing, checking,
printing, running, helping. A module imports only from lower folders and lower floors, and each third-party library has
one owner. A test holds this table against the code.

    floor  module      arrow                                                        library
    -----  ----------  -----------------------------------------------------------  -------
    16     __main__    python -m reportgen
    15     cli         the commands; the only one that prints                       click
    14     running/batch many inputs -> outcomes, in order
    13     running/crew tasks -> their results from worker processes, or how these died
    13     running/worker one worker process: tasks from a pipe -> their outcomes
    12     running/limits what a worker may take: time, memory and life
    12     telling/views findings -> text for people; JSON, SARIF, GitHub's lines
    11     running/build the pipeline for one input, readable top to bottom
    10     writing/prose Facts, Scores, Form -> Document
    9      printing/word Document + Word template -> .docx bytes                      docxtpl
    9      printing/pdf Document + Typst template -> .pdf bytes                      typst, pylopdf_fonts_zh_cn
    9      printing/pdfwords .pdf bytes -> their words                                    pypdf
    9      checking/leftovers paragraphs -> what was left in them by haste
    9      checking/statements sentences -> numbers that do not agree
    9      scoring/scores Facts + indicators -> Scores: the rows and their sum
    9      printing/soffice .docx bytes -> .pdf bytes, by LibreOffice where installed
    8      helping/repair text with typing habits -> text mended, as far as it is proven to be better
    8      checking/passages texts -> paragraphs as printed, each character with its place
    8      scoring/judgement one row of an annex -> its score, and the reasons it owes
    8      printing/integrity parts of a .docx -> what is wrong with them
    7      forms/form  a form's folder -> Form
    7      checking/relations Facts -> Findings; one small function a rule
    6      facts/reasons 口径说明 -> which findings pass, each with its reason
    6      facts/wording template + names -> text, and what cannot be printed
    5      forms/names the names that a text may use -> what there is
    5      forms/profiles templates/profiles/*.yaml -> Profile: how scores are given
    5      facts/facts Source + Vocabulary -> Facts, stated or derived
    4      writing/markup Markdown -> blocks                                           markdown_it
    4      forms/vocabulary templates/facts.yaml -> Vocabulary
    4      printing/wordtags tags of a Word template -> what is wrong with them, without data
    3      numbers/formula Expression + names -> value, or why it cannot be known
    3      reading/frames Source -> frame of its kind; what does not fit is named      pydantic
    2      reading/source bytes -> values with positions                               yaml
    2      numbers/grammar text -> Expression, held against a whitelist                 jinja2
    2      numbers/numerals text -> Quantity, as officials write numbers
    1      reading/characters bytes -> text without odd characters
    1      reading/habits a line -> the typing habit in it, and what to type
    1      numbers/quantity exact numbers with unit, stated digits and vagueness
    1      writing/blocks the document tree
    1      reading/project a folder -> templates, inputs, outputs; the only one that writes
    1      printing/wordtext parts of a .docx -> paragraphs, each with its place as a person sees it
    1      telling/explain explanations/*.md -> what each code means, and examples
    0      telling/findings complaints as values
    0      telling/messages the reader's language
"""
