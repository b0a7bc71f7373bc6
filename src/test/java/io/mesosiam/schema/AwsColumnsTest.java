package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.policy.Partition;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Generated external ids, the cluster's name, and the partition of a region in SQL. */
class AwsColumnsTest {
    private static final TestDatabase DB = TestPostgres.database();

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void generatedExternalIdIsRegionClusterAndPolicyId() {
        insert("plain", "unique_external_id", "true");
        DB.execute("insert into policy (name, effect, match_all, iam_role_arn, region, unique_external_id)"
                + " values ('regional', 'allow', true, 'arn:aws:iam::123456789012:role/r', 'eu-west-1', true)");

        assertThat(externalId("plain")).isEqualTo("global/mesos/" + id("plain"));
        assertThat(externalId("regional")).isEqualTo("eu-west-1/mesos/" + id("regional"));
    }

    @Test
    void generatedExternalIdStaysWhenRegionClusterOrPolicyChange() {
        insert("kept", "unique_external_id", "true");
        String before = externalId("kept");

        DB.execute("update cluster set region = 'us-east-1', name = 'prod'");
        DB.execute("update policy set region = 'eu-west-1', external_id = null, priority = 3 where name = 'kept'");

        assertThat(externalId("kept")).isEqualTo(before);
        insert("later", "unique_external_id", "true");
        assertThat(externalId("later")).isEqualTo("us-east-1/prod/" + id("later"));
        DB.execute("update cluster set region = null, name = 'mesos'");
    }

    @Test
    void generatedExternalIdCannotBeChanged() {
        insert("fixed", "unique_external_id", "true");

        assertThatThrownBy(() -> DB.execute("update policy set external_id = 'mine/' || id where name = 'fixed'"))
                .hasMessageContaining("policy fixed is kept while unique_external_id is true");
    }

    @Test
    void existingPolicyGetsAnExternalIdWhenItAsksForOne() {
        insert("asks", "external_id", "null");
        DB.execute("update policy set unique_external_id = true where name = 'asks'");
        assertThat(externalId("asks")).endsWith("/" + id("asks"));

        DB.execute("update policy set unique_external_id = false, external_id = 'own' where name = 'asks'");
        assertThat(externalId("asks")).isEqualTo("own");
    }

    @Test
    void changeOfTheClustersNameIsAChangeOfThePolicies() {
        String before = version();

        DB.execute("update cluster set name = 'other'");

        assertThat(version()).isNotEqualTo(before);
        DB.execute("update cluster set name = 'mesos'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eu-west-1",
                "cn-north-1",
                "us-gov-west-1",
                "us-iso-east-1",
                "us-isob-east-1",
                "eu-isoe-west-1",
                "us-isof-south-1",
                "eusc-de-east-1",
                "us-east-1"
            })
    void regionHasTheSamePartitionInSqlAndInTheController(String region) {
        assertThat(DB.query("select region_partition('" + region + "')"))
                .isEqualTo(List.of(Partition.ofRegion(region)));
    }

    private static void insert(String name, String column, String value) {
        DB.execute("insert into policy (name, effect, match_all, iam_role_arn, %s) values ('%s', 'allow', true,"
                        .formatted(column, name)
                + " 'arn:aws:iam::123456789012:role/r', " + value + ")");
    }

    private static String externalId(String name) {
        return DB.query("select external_id from policy where name = '" + name + "'")
                .getFirst();
    }

    private static String id(String name) {
        return DB.query("select id from policy where name = '" + name + "'").getFirst();
    }

    private static String version() {
        return DB.query("select version from policy_version").getFirst();
    }
}
