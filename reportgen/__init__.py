"""Checked performance self-evaluation reports (绩效自评报告) of legal-aid centres, in Word and PDF, from one YAML file.

One pipeline, each arrow a named type, and the folders are the pipeline:

    YAML text -> Source (values + the place of each) -> Facts (stated or derived) -> Findings
              -> Scores -> Document (blocks) -> report.docx / report.pdf, annex.docx / annex.pdf -> outputs/

A module imports only from lower folders, and within a folder only from lower floors; each third-party library has one
owner. A test holds this table against the code, in every folder.

    floor  module       arrow                                                                   library
    -----  -----------  ----------------------------------------------------------------------  -------
    2      __main__     the program: hands over to the commands; the words of a document at once
    1      cli          the commands; the only one that prints                                  click

    helping/
    6      office       outcomes of a build -> page and workbook of each year, where they would differ
    5      page         a year and drawings -> one HTML page, no network
    5      comparison   a year, and what charts.yaml wants drawn -> charts that show centres side by side
    5      workbook     a year -> the tables of its workbook
    4      year         outcomes -> all that an office reads of one year
    3      board        outcomes -> the table that an office reads: who is where
    3      freshness    schemas -> whether templates or program are newer
    5      schema       vocabulary, forms and frames -> JSON schemas for editors
    4      inputschema  vocabulary and forms -> the JSON schema of an input
    3      frameschema  a frame -> the JSON schema of its files, and what each key means
    3      starter      a folder -> an office's project; a later version renews what nobody changed
    4      upgrade      a form with a table made in Word and Typst -> the layout as text that prints the same
    3      preview      a form -> its pages without any input, with stand-ins for all that a centre writes
    3      scaffold     a centre, its forms, last year's file -> an input with every blank to fill
    4      compendium   the sets of a year -> one PDF, behind a cover and contents
    3      pack         sets of documents -> a zip a centre, under Chinese names, with a list
    3      audit        a finished report -> what its sentences and tables say against one another
    4      progress     inputs as they are done -> a bar on a terminal, else a line each
    1      bar          work on a terminal -> a bar: how much is done, how fast, how long it takes      rich
    3      since        a revision of git -> the inputs that changed since, or what they are beside
    3      usual        settings, and the command line -> how documents are made
    2      installed    the fonts of this machine -> what a build would use of them
    3      chosen       a word of the command line -> the inputs that it means
    3      watch        saves of inputs and templates -> builds, and what each changed             watchfiles
    3      doctor       this machine and this folder -> what is not as it must be, and what to do
    7      carry        edits of a document -> its input with them in it
    6      verify       a document -> which input made it, and what a hand changed in it since
    5      binding      typed figures of an input -> the references that print the same, one by one
    5      edits        an edited Word file beside the rebuild of its input -> edits, each with its line
    4      rebuilt      an input -> its Word files made anew in memory, each text with its places
    4      difference   two inputs, or one at two times -> what changed: facts, scores, texts
    3      sheets       a table -> lines of text, aligned or in Markdown
    1      wordwise     two texts -> what was taken out and put in, word by word
    1      past         a file at a revision of git -> a folder that holds it as it was
    2      finished     a .docx, .pdf, .txt or .md -> its texts with places; a copy with comments   docx
    1      textgrid     lines of a text -> its texts, and which of them are cells of a table
    1      plaintext    a .docx or .pdf -> its words as lines, for git
    1      paragraphs   texts of 正文 -> the lines that part what the page would run together
    2      repair       text with typing habits -> text mended, as far as it is proven to be better

    running/
    6      recall       what an input came to the last time -> whether it would be the same now
    8      batch        many inputs -> outcomes, in order
    7      cluster      tasks -> their results from the workers of a Dask scheduler                     distributed
    6      roster       inputs/<year>/roster.yaml -> the centres that are due and have no input
    6      strays       inputs/ -> a warning for each file there that nobody reads
    4      kept         what follows from other things -> kept as JSON while these are the same
    5      kin          glances at all inputs -> twins of each, and what is copied
    5      stamps       files -> their digests, from memory where size and times are as they were
    6      worker       one worker process: tasks from a pipe -> their outcomes
    4      pages        a case as its documents are set -> what an office would send back
    4      glyphs       a case as it will be printed -> the characters that its fonts lack
    5      build        one input -> its findings, and the files that it asks for
    4      placing      what was made of an input -> its files in outputs/, what became of it
    3      examine      one input -> the case: read, checked, its documents written as trees
    2      library      templates and neighbours, each read once
    1      press        documents and a template -> one PDF and its proof, ahead of who asks
    1      closer       a report -> its lines closer, where that saves a page
    2      crew         tasks -> their results from worker processes, or how these died
    3      sets         the documents of a centre -> in place together, what a hand changed kept
    2      lineage      the bytes of a document -> whether a build made them, as a manifest or git says
    1      limits       what a worker may take: time, memory and life
    1      outcome      how to build, and what became of an input

    printing/
    4      charts       bars -> a drawing, SVG and PNG                                          altair, vl_convert
    1      sheets       tables -> .xlsx bytes                                                      xlsxwriter
    4      word         Document + Word template -> .docx bytes                                 docxtpl
    2      look         house/report.docx -> the look that Word and PDF have together
    3      coverage     a document, and what its template shows -> the parts that the template never prints
    3      wordtags     tags of a Word template -> what is wrong with them, without data
    2      integrity    parts of a .docx -> what is wrong with them
    2      intake       a .docx template -> its parts, if it holds nothing that no report may carry
    1      wordfigure   a figure -> the XML of a Word drawing, and its parts
    1      wordgrid     a grid -> the XML of a Word table
    2      wordnotes    footnotes -> marks that a Word template prints, and the notes of a Word file
    1      wordtext     parts of a .docx -> paragraphs, each with its place as a person sees it
    3      pdf          Document + Typst template -> .pdf bytes                               typst
    2      shelf        the fonts that are there -> which has a character
    2      typefaces    templates/house/fonts.yaml -> which font families print what          pylopdf_fonts_zh_cn
    1      opentype     a font file -> the characters that it has
    1      typsource    a Typst template and what it imports -> what no report may carry
    1      typwords     Typst's complaints -> findings in the reader's language, at the author's own line
    2      passages     the two files of a document -> whether they say the same, cell by cell
    1      pdftree      a tagged PDF -> its structure with the text of each element             pypdfium2
    3      pdfwords     .pdf bytes -> their words; several bound as one                         pypdf
    1      soffice      .docx bytes -> .pdf bytes, older formats -> .docx, by LibreOffice where installed
    1      origin       where a document came from -> the line of provenance in it

    checking/
    8      rules        THE table of rules: a case -> findings
    5      completeness what is missing in a case, or belongs to nothing
    5      neighbours   facts beside other files, last year and districts
    5      districts    what a city takes from its districts -> what is wrong there, or not stated
    5      leftovers    passages -> what was left in them by haste
    5      figures      a typed number -> the fact it names, or none
    6      gaps         a reason that says by how much figures differ -> whether they do
    7      statements   passages -> numbers that do not agree
    5      unfilled     the blanks of a file that is being filled -> one finding a part
    5      duties       what a form wants a reason for -> whether one is given
    6      deductions   tables of scores -> rows that lose points without a reason
    5      tables       tables in texts -> totals, shares and rates that their cells do not give
    5      totals       finished tables -> whether their totals are those of their cells
    5      magnitudes   figures of a size that no report has -> what was meant
    4      case         all that the rules ask about one file
    3      causes       failures -> findings, with the one figure that would mend several
    2      relations    Facts -> failures of the vocabulary's formulas and relations
    1      slips        a sum that fails -> the slip of a digit that explains it
    1      passages     blocks, cells and titles as printed -> what rules on texts read

    arithmetic/
    10    readings     a text -> what does not add up: silent where one reading holds
    8     points       提高2.5% of a rate -> whether 2.5个百分点 are meant
    9     deciding     an attachment -> the reading that is told, or nothing
    8     shares       a part, 占P%, of its whole; shares that make 100 %
    8     slips        a reading that fails -> the slips of the hand that would mend it
    8     telling      a reading -> its words
    7     bounds       a level 超过 its target; rates that are a difference of rates; points between two
    7     growth       增加N，增长P%; a level beside its base; pairs by 分别 and 各
    7     judging      a reading -> whether it holds, given rounding
    7     lists        lists that a cue opens -> the sums they may state
    7     ratios       rates, completion and means
    7     repeats      one figure told twice
    7     sums         sums without a cue before them: 合计, 结余, pairs, a bare list
    6     naming       words -> whether they name a number
    6     reading      what a sentence may state, and how sure the words are of it
    6     scope        where a number may find the others it belongs to
    5     numbers      text -> numbers with unit, place, role and name
    4     layout       text -> where each number stands: sentence, group, clause, brackets
    3     roles        words around a number -> its role, its name, its year
    3     tokens       text -> the numbers in it as they are written
    2     units        unit words -> classes
    1     counts       counted lists: N个…，即a、b、c has N items
    1     cues         cues.yaml -> the words that carry arithmetic, each compiled once

    writing/
    4      fitting      a Document -> the same, its tables set on as few sheets as they can be
    4      documents    Facts, Scores, Form -> Documents
    2      variants     blocks and columns -> those of an edition that leaves out what is internal
    3      grid         a layout and values -> grids: cut into cells first, then filled
    3      prose        texts with references -> blocks, each character with its place
    2      markup       Markdown -> blocks                                                      markdown_it
    2      columns      the cells of a grid -> widths by content
    2      titles       a title -> lines that break where the sense does
    1      measure      text -> how wide it is, and how many lines it takes
    1      blocks       the document tree

    scoring/
    3      scores       Facts + indicators -> Scores: the rows and their sum
    2      completion   a judged row -> how far it got, last year's value, the points it lost
    2      judgement    one row of an annex -> its score, and the reasons it owes
    1      targets      目标值 and 完成值 as printed -> a comparison, and what reaches it

    facts/
    1      figure       a fact as a figure of a table
    4      known        Facts -> all that have a value, each as a figure of a table
    5      reasons      口径说明 -> which findings pass, each with its reason
    4      wording      template + names -> text, and what cannot be printed
    3      facts        Source + Vocabulary -> Facts, stated or derived
    2      lists        明细, typed or in a CSV file -> rows of values, each with its place
    1      values       one value as typed, or a formula -> a quantity in the unit of its fact or column

    forms/
    3      diagrams     templates/charts.yaml -> which facts an office sees drawn, and how
    6      needs        a form -> what a centre has to write for it
    5      form         a form's folder -> Form
    4      layout       annex.md -> the layout of a table: rows as text with tags, and directives
    3      names        the names that a text may use -> what there is, and where a name stands
    2      vocabulary   templates/facts.yaml -> Vocabulary
    2      profiles     templates/profiles/*.yaml -> Profile: how scores are given
    1      words        templates/words.yaml -> words as they are mistyped

    reading/
    6      settings     reportgen.yaml -> the settings of a project
    5      frames       Source -> frame of its kind; what does not fit is named                 pydantic
    4      formats      格式 of a file -> whether it is read, and the text of an older one as it is written now
    4      heirs        a template file that says 继承 -> one source, with what it inherits
    4      keys         the keys of an input -> what a finding at a place is about
    3      source       bytes -> values with their places                                       yaml
    2      habits       a line -> the typing habit in it, and what to type
    2      rows         a CSV file beside an input -> its rows, each cell with its place
    2      project      a folder -> templates, inputs, outputs; the only one that writes             filelock
    1      obstacles    an error of the system over a file -> a finding with what to do
    1      characters   bytes -> text without odd characters
    1      trace        printed text that knows where each of its characters was typed

    numbers/
    4      formula      Expression + names -> value, or why it cannot be known
    3      grammar      text -> Expression, held against a whitelist                            jinja2
    3      dates        a date as typed -> the day
    2      numerals     text -> Quantity, as officials write numbers
    1      quantity     exact numbers with unit, stated digits and vagueness

    telling/
    5      views        findings -> text for people; JSON, SARIF, GitHub's lines
    4      notebook     complaints, each noted once
    3      findings     complaints as values
    2      nearest      a word that is not known -> the nearest that is
    2      explain      explanations/*.md -> what each code means, and examples
    1      catalogue    every code -> how much it matters, and what may be done about it
    1      messages     the reader's language
"""
