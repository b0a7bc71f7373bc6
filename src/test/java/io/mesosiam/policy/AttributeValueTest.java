package io.mesosiam.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttributeValueTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    109          | 109.0         | true
                    109          | 1.09e2        | true
                    109          | 109.0004      | true
                    109          | 109.001       | false
                    109          | 110           | false
                    -0           | 0             | true
                    109          | 109a          | false
                    .5           | 0.5           | true
                    1e100        | 1e+100        | true
                    9007199254740993 | 9007199254740992.0 | true
                    us east      | useast        | true
                    '{a b}'      | '{ab}'        | true
                    r1           | r1            | true
                    r1           | R1            | false
                    r1           | r2            | false
                    [1-5]        | [ 1 - 5 ]     | true
                    [1-5,6-9]    | [1-9]         | true
                    [6-9,1-5]    | [1-9]         | true
                    [1-5,7-9]    | [1-9]         | false
                    [1-9]        | 1-9           | false
                    [5-1]        | [1-5]         | false
                    [1-x]        | [1-x]         | true
                    {a,b}        | '{b, a}'      | true
                    {a,b,a}      | '{a,b}'       | true
                    {a}          | a             | false
                    {}           | '{ }'         | true
                    """)
    void valuesAreEqualIfMesosTreatsThemAsEqual(String one, String other, boolean equal) {
        assertThat(AttributeValue.parse(one).equals(AttributeValue.parse(other)))
                .isEqualTo(equal);
        assertThat(AttributeValue.parse(other).equals(AttributeValue.parse(one)))
                .isEqualTo(equal);
    }
}
