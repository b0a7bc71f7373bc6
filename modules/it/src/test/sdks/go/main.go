// What the AWS SDK for Go v2 gets from its default chain: a command a line on standard input, an answer a line on standard output.
//
// first: fetches with a newly loaded configuration; again: calls the same configuration once more.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

type answer struct {
	AccessKeyID string `json:"accessKeyId,omitempty"`
	Error       string `json:"error,omitempty"`
	Millis      int64  `json:"millis"`
}

func main() {
	ctx := context.Background()
	out := json.NewEncoder(os.Stdout)
	var loaded aws.Config
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		begun := time.Now()
		got, err := aws.Credentials{}, error(nil)
		if in.Text() == "first" {
			loaded, err = config.LoadDefaultConfig(ctx)
		}
		if err == nil {
			got, err = loaded.Credentials.Retrieve(ctx)
		}
		result := answer{AccessKeyID: got.AccessKeyID, Millis: time.Since(begun).Milliseconds()}
		if err != nil {
			result.Error = err.Error()
		}
		if out.Encode(result) != nil {
			os.Exit(1)
		}
	}
}
