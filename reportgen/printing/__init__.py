"""Documents -> .docx and .pdf, and what is wrong with these."""
