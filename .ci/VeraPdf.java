import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * PDF files -> what veraPDF says of them, for the tests only (tests/test_validators.py).
 *
 * <p>Usage: java VeraPdf FLAVOUR[,FLAVOUR…] FILE…, where a flavour is 2b, ua1, … One line for each file and flavour:
 * flavour, tab, "compliant", "failed" or "error", tab, file. After a failure, one line for each rule that is broken: tab,
 * how often, clause and message.
 */
public final class VeraPdf {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (int index = 1; index < arguments.length; index++) {
            for (String flavour : arguments[0].split(",")) {
                report(flavour, arguments[index]);
            }
        }
    }

    private static void report(String name, String file) {
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
        if (flavour == PDFAFlavour.NO_FLAVOUR) {
            throw new IllegalArgumentException("no such flavour: " + name);
        }
        try (InputStream data = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(data, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.println(name + "\t" + (result.isCompliant() ? "compliant" : "failed") + "\t" + file);
            brokenRules(result).forEach((rule, times) -> System.out.println("\t" + times + " x " + rule));
        } catch (Exception error) {
            System.out.println(name + "\terror\t" + file + "\n\t" + error);
        }
    }

    private static Map<String, Integer> brokenRules(ValidationResult result) {
        Map<String, Integer> rules = new TreeMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
                rules.merge(rule + " " + assertion.getMessage().replaceAll("\\s+", " "), 1, Integer::sum);
            }
        }
        return rules;
    }
}
