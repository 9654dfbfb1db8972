module github.com/passerelle-hub/passerelle

go 1.26.8
