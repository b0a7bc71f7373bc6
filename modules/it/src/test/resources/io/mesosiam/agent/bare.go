// The baseline for the agent's benchmark: a server with one constant response of the same size.
package main

import (
	"net/http"
	"os"
	"strings"
)

func main() {
	body := []byte(`{"AccessKeyId":"ASIAEXAMPLEEXAMPLE00","SecretAccessKey":"` + strings.Repeat("s", 40) +
		`","Token":"` + strings.Repeat("t", 600) +
		`","Expiration":"2090-01-01T00:00:00Z","RoleArn":"arn:aws:iam::123456789012:role/benchmark","AccountId":"123456789012"}`)
	http.HandleFunc("/v2/credentials", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.Write(body)
	})
	if err := http.ListenAndServe("127.0.0.1:"+os.Args[1], nil); err != nil {
		panic(err)
	}
}
