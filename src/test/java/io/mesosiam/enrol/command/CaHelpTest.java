package io.mesosiam.enrol.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.enrol.authority.RootFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Without settings and without a database. */
class CaHelpTest {
    @ParameterizedTest
    @CsvSource({
        "--help, [COMMAND]",
        "init --help, --another",
        "rotate -h, --root-file=FILE",
        "controller --help, --newest-root",
        "show --help, Shows the roots and the intermediates."
    })
    void eachCommandExplainsItself(String arguments, String text) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = CaCommand.line(
                        new CaCommand(_ -> Optional.empty(), Passphrase.console(), Instant::now, RootFile.ROUNDS))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));

        int status = line.execute(arguments.split(" "));

        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        assertThat(out.toString()).startsWith("Usage: mesos-iam ca").contains(text);
    }
}
