package io.mesosiam.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.admin.Refused.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdminSessionsTest {
    private static final Fault MISSPELT = new Fault("taskNam", "is unknown; probably 'taskName' is meant");
    private static final Fault PRIORITY = new Fault("priority", "from -1000 to 1000");
    private static final Fault WHOLE_ROW =
            new Fault("", "the database's constraint policy_selects_something refuses it");

    @Test
    void faultOfTheWholeRowIsLeftOutBesideAFieldThatIsNotInTheRow() {
        assertThat(AdminSessions.together(List.of(MISSPELT), List.of(PRIORITY, WHOLE_ROW)))
                .containsExactly(MISSPELT, PRIORITY);
    }

    @Test
    void faultOfTheWholeRowIsAnsweredIfNoFieldIsWrongByItself() {
        assertThat(AdminSessions.together(List.of(), List.of(WHOLE_ROW))).containsExactly(WHOLE_ROW);
    }
}
