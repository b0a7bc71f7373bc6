package io.mesosiam.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoleGrantTest {
    @ParameterizedTest
    @CsvSource({
        "admin, /, true",
        "admin, /data, true",
        "admin:/data, /data, true",
        "admin:/data, /data/reporting, true",
        "admin:/data, /, false",
        "admin:/data, /database, false",
        "admin:/data/reporting, /data, false",
    })
    void grantCoversItsNamespaceAndThoseBelow(String grant, String namespace, boolean covers) {
        assertThat(RoleGrant.parse(grant).orElseThrow().covers(namespace)).isEqualTo(covers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "root",
                "Admin",
                "admin:",
                "admin:data",
                "admin:/Data",
                "admin:/data/",
                "admin:/1/2/3/4/5/6/7/8/9"
            })
    void otherTextIsNoGrant(String text) {
        assertThat(RoleGrant.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "viewer, /, viewer, true",
        "viewer, /, operator, false",
        "admin, /data, operator, true",
        "admin:/data, /data/x, operator, true",
        "admin:/data, /, operator, false",
        "operator:/data, /data, operator, true",
    })
    void callerMayWithTheRoleOrAsAdmin(String grant, String namespace, String role, boolean may) {
        Caller caller = new Caller(
                "token:x", SignIn.TOKEN, Set.of(RoleGrant.parse(grant).orElseThrow()), "127.0.0.1");

        assertThat(caller.may(namespace, Role.of(role).orElseThrow())).isEqualTo(may);
    }

    @Test
    void mappingGivesTheRolesOfAllNames() {
        Mapping mapping =
                Mapping.of("platform=admin, data=viewer:/data,data=operator:/data, cn=a=spawner, bad, x=root");

        assertThat(mapping.grants(List.of("platform"))).containsExactly(RoleGrant.everywhere(Role.ADMIN));
        assertThat(mapping.grants(List.of("data", "cn=a")))
                .containsExactlyInAnyOrder(
                        new RoleGrant(Role.VIEWER, "/data"),
                        new RoleGrant(Role.OPERATOR, "/data"),
                        RoleGrant.everywhere(Role.SPAWNER));
        assertThat(mapping.grants(List.of("admin", "bad", "x"))).isEmpty();
    }

    @Test
    void nameWithCommasIsMappedInQuotationMarks() {
        Mapping mapping = Mapping.of(
                "\"subject:CN=ci,O=Example\"=operator, \"subject:CN=\"\"a\"\"\\\\,b,O=x\" = viewer:/data ,cn=c=auditor");

        assertThat(mapping.grants(Set.of("subject:CN=ci,O=Example")))
                .containsExactly(RoleGrant.everywhere(Role.OPERATOR));
        assertThat(mapping.grants(Set.of("subject:CN=\"a\"\\\\,b,O=x")))
                .containsExactly(new RoleGrant(Role.VIEWER, "/data"));
        assertThat(mapping.grants(Set.of("cn=c"))).containsExactly(RoleGrant.everywhere(Role.AUDITOR));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "subject:CN=ci,O=Example=operator",
                "\"subject:CN=ci,O=Example=operator",
                "\"subject:CN=ci,O=Example\"operator",
                "\"subject:CN=ci,O=Example\"",
                "\"subject:CN=ci,O=Example\"=x=operator",
                "\"\"=operator"
            })
    void nameWithCommasInAnyOtherFormIsRefused(String text) {
        assertThat(Mapping.problems(text)).isNotEmpty();
    }
}
